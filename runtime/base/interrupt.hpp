// SPDX-License-Identifier: Apache-2.0
// Interrupts: SIGINT, SIGTERM and SIGHUP ask a run to end, and do not break it off.
//
// Why: whoever ends a run wants what was measured until then, and no half-written folders or orphaned compilers. The
// idea is the usual one of servers: the handler only notes the first signal, long loops look at the note, and
// everything ends on its normal path. A second signal ends the process at once.
//
// Who looks: the stream (it takes no more pictures, and drains what it accepted), parallel_try and parallel_each, the
// loops of bench and of trials, plan between its phases, and whoever waits for a child process or a compiler.
//
// Before: main() called watch_interrupts(); without that a process keeps the system's behaviour. After: a signal that
// was ignored at the start (nohup) stays ignored.
#pragma once

#include <sys/types.h>
#include <functional>

#include "runtime/base/status.hpp"

namespace sluice {

void watch_interrupts();

// Number of the signal that asked this process to end; 0: none has.
int interrupt_signal();
inline bool is_interrupted() { return interrupt_signal() != 0; }

// An error once somebody asked.
Status check_interrupt();

// What leaves a loop that returns no Status. Whoever keeps something for the next run catches it; caught_error() names
// it.
struct Interrupted {};

// Calls it on a thread of its own, for a call that cannot look itself: a compiler in this process. When somebody asks
// meanwhile, the thread is left at work and the error returned; so the call owns all that it uses, and main() then ends
// the process without the destructors of the end (_exit). What the call throws is thrown here.
Status unless_interrupted(std::function<void()> call);

// A child's process group, which a second signal takes along; 0: none.
void note_child_group(pid_t group);

}  // namespace sluice
