// SPDX-License-Identifier: Apache-2.0
// run_program: the end that all programs of this example share, as the command's.
//
// Why: whoever calls them reads one line and a status. Before: a program whose arguments are read. After: 0; or one
// line on standard error and 1 for the user's fault, 2 for the machine's, 3 for ours, 128 + n where signal n ended it.
#pragma once

#include <csignal>
#include <functional>
#include <iostream>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::example {

inline int run_program(const char* name, const std::function<Status()>& work) {
  std::signal(SIGPIPE, SIG_IGN);
  watch_interrupts();
  const Status status = [&]() -> Status {
    try {
      return work();
    } catch (...) {
      return caught_error(name);
    }
  }();
  if (status) return 0;
  std::cerr << "error: " << status.error().text() << "\n";
  if (is_interrupted()) return 128 + interrupt_signal();
  return status.error().fault() == Fault::user ? 1 : status.error().fault() == Fault::world ? 2 : 3;
}

}  // namespace sluice::example
