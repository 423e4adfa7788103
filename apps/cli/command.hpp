// SPDX-License-Identifier: Apache-2.0
// The command as a function: parses the verb, runs it, says how it ended.
//
// Why: tests call it with verbs of their own, among them such that throw; main() hands it the real ones.
//
// Results go to standard output, everything else to standard error. Exit status: 0 done; 1 your input cannot be done;
// 2 the machine failed; 3 a bug in sluice; 128 + n after signal n (interrupt.hpp).
//
// Before: arguments as main() gets them. After: no exception leaves; standard output is flushed, and a failure of that
// is told.
#pragma once

#include <span>

#include "apps/cli/verb.hpp"

namespace sluice::cli {

// Of the whole process: an exception that no thread catches ends it with a sentence and a status, not with an abort.
void end_with_a_sentence_on_terminate();

int run_command(int argc, const char* const* argv, std::span<const Verb> verbs);

}  // namespace sluice::cli
