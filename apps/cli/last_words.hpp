// SPDX-License-Identifier: Apache-2.0
// What the command says when a signal ends it that no code expects: SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT; and when
// a library calls abort().
//
// Why: a library that aborts, or a stack that cannot grow, ended a run without a word, and with a status that scripts
// take for a kill. The idea: a handler on a stack of its own writes one sentence and ends with 3. It may only use what
// POSIX allows in handlers. Two causes are taken away beforehand. Memory for the main stack is touched at the start:
// where memory is limited, it could not be had later. And what unwinding needs is loaded while there is memory for it:
// glibc aborts when it cannot load it for the exception that says that memory ran out.
//
// Before: main() begins. After: see above; handlers that others have installed (sanitizers) stay.
#pragma once

namespace sluice::cli {

void end_with_a_sentence_on_faults();

}  // namespace sluice::cli
