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

namespace {

// One header from each copy, an iteration each, of which the last sends.
Program copies_program(int copies) {
  Program program;
  for (int copy = 0; copy < copies; ++copy)
    program.add({.repeat = 1, .reads = copy < copies - 1, .both = copy == copies - 1, .in = copy});
  return program;
}

}  // namespace

// A pixel from each copy in turn.
Program gather_program(const KernelView& view) {
  const auto copies = static_cast<int>(view.kernel.inputs.size());
  Program program = copies_program(copies);
  for (std::int64_t pixel = 0; pixel < view.number(Number::pixels); ++pixel)
    program.add({.repeat = 1, .both = view.number(Number::channel_groups), .in = static_cast<int>(pixel % copies)});
  return program;
}

// The same with sums, which it cuts: the read and the first part are one iteration.
Program requantise_program(const KernelView& view) {
  const auto copies = static_cast<int>(view.kernel.inputs.size());
  const std::int64_t parts = view.in().lanes / view.out().lanes, beats = view.number(Number::filter_groups) / parts;
  Program program = copies_program(copies);
  for (std::int64_t pixel = 0; pixel < view.number(Number::pixels); ++pixel)
    program.add({.repeat = beats, .both = 1, .writes = parts - 1, .in = static_cast<int>(pixel % copies)});
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
