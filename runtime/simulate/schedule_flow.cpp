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
  program.add({.repeat = 1, .reads = 1 + view.number(Number::beats)});
  return program;
}

Program fork_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1 + view.in().beats, .both = 1, .out_more = 1});
  return program;
}

// The outer loop's read and the inner loop's first step are one iteration: cycles = beats of the narrower side.
Program width_program(const KernelView& view) {
  const std::int64_t in = view.in().beats, out = view.out().beats;
  Program program;
  program.add({.repeat = 1, .both = 1});
  if (out >= in)
    program.add({.repeat = in, .both = 1, .writes = out / in - 1});
  else
    program.add({.repeat = out, .reads = in / out - 1, .both = 1});
  return program;
}

// It always cuts.
Program requantise_program(const KernelView& view) { return width_program(view); }

// A pixel's beats to one copy after another; the header to all of them.
Program deal_program(const KernelView& view) {
  const auto copies = static_cast<int>(view.kernel.outputs.size());
  const std::int64_t steps = view.number(Number::steps), pixels = view.in().beats / steps;
  Program program;
  program.add({.repeat = 1, .both = 1, .out_more = copies - 1});
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    program.add({.repeat = 1, .both = steps, .out = static_cast<int>(pixel % copies)});
  return program;
}

// One header from each copy, an iteration each, of which the last sends; then a pixel from each in turn.
Program gather_program(const KernelView& view) {
  const auto copies = static_cast<int>(view.kernel.inputs.size());
  Program program;
  for (int copy = 0; copy < copies; ++copy)
    program.add({.repeat = 1, .reads = copy < copies - 1, .both = copy == copies - 1, .in = copy});
  for (std::int64_t pixel = 0; pixel < view.number(Number::pixels); ++pixel) {
    program.add({.repeat = 1, .both = view.number(Number::channel_groups), .in = static_cast<int>(pixel % copies)});
  }
  return program;
}

// Header and record of every stream in turn.
Program collector_program(const KernelView& view) {
  Program program;
  for (std::size_t port = 0; port < view.kernel.inputs.size(); ++port)
    program.add({.repeat = 1, .reads = 2, .in = static_cast<int>(port)});
  return program;
}

Program add_program(const KernelView& view) {
  Program program;
  program.add({.repeat = 1 + view.in().beats, .both = 1, .in_too = 1});
  return program;
}

// cycles = beats of A + beats of B: the read of A and the first step of the inner loop are one iteration.
Program concat_program(const KernelView& view) {
  const std::int64_t a = view.number(Number::a_groups), b = view.number(Number::b_groups);
  const bool is_swapped = view.number(Number::is_swapped) != 0;
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
  const std::int64_t gates = view.number(Number::channel_groups);
  Program program;
  program.add({.repeat = 1, .reads = 1});
  program.add({.repeat = 1, .both = 1, .in = 1});
  program.add({.repeat = gates, .reads = 1});
  program.add({.repeat = gates * view.number(Number::steps), .both = 1, .in = 1});
  return program;
}

}  // namespace sluice::simulate
