// SPDX-License-Identifier: Apache-2.0
// Schedules of kernels that pass beats on: source, sink, fork, width, collector and the joins.
#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {

// One beat a cycle; global memory is never the limit.
Program source_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1, .writes = 1 + view.out().beats});
  return program;
}

Program sink_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1, .reads = 1 + view.number("BEATS")});
  return program;
}

Program fork_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1 + view.in().beats, .both = 1, .out_too = 1});
  return program;
}

// The outer loop's read and the inner loop's first step are one iteration: cycles = beats that leave.
Program width_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1, .both = 1});
  program.add({.repeat = view.in().beats, .both = 1, .writes = view.in().lanes / view.out().lanes - 1});
  return program;
}

// Header and record of every stream in turn.
Program collector_program(const KernelView& view) {
  Program program;
  for (std::size_t port = 0; port < view.kernel.inputs.size(); ++port) program.add({.repeat = 1, .reads = 2, .in = static_cast<int>(port)});
  return program;
}

Program add_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1 + view.in().beats, .both = 1, .in_too = 1});
  return program;
}

// cycles = beats of A + beats of B: the read of A and the first step of the inner loop are one iteration.
Program concat_program(const KernelView& view) {
  const std::int64_t a = view.number("A_GROUPS"), b = view.number("B_GROUPS");
  const bool is_swapped = view.number("IS_SWAPPED") != 0;
  Program program;
  program.add({.repeat = 1, .both = 1, .in_too = 1});
  for (std::int64_t pixel = 0; pixel < view.in().beats / a; ++pixel) {
    if (is_swapped) {
      // A's first beat is read, B's beats leave, then it.
      program.add({.repeat = 1, .both = 1, .in_too = 1});
      program.add({.repeat = b - 1, .both = 1, .in = 1});
      program.add({.repeat = 1, .writes = 1});
      program.add({.repeat = a - 1, .both = 1});
    } else {
      program.add({.repeat = a, .both = 1});
      program.add({.repeat = b, .both = 1, .in = 1});
    }
  }
  return program;
}

// cycles = gates + beats of the map; the header takes one of the outer and one of the inner loop.
Program scale_program(const KernelView& view) {
  const std::int64_t gates = view.number("CHANNEL_GROUPS");
  Program program;
  program.add({.repeat = 1, .reads = 1});
  program.add({.repeat = 1, .both = 1, .in = 1});
  program.add({.repeat = gates, .reads = 1});
  program.add({.repeat = gates * view.number("STEPS"), .both = 1, .in = 1});
  return program;
}

}  // namespace sluice::simulate
