// SPDX-License-Identifier: Apache-2.0
// Schedules of the engines and pools: many beats in, one out.
//
// Sparse engines also send a record: its header with the image's, its counters with the last beat of the map.
#include <algorithm>

#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {
namespace {

constexpr Run kHeader{.repeat = 1, .both = 1};
constexpr Run kHeaderAndRecord{.repeat = 1, .both = 1, .out_too = 1};

}  // namespace

// cycles = beats that enter
Program reduction_program(const KernelView& view) {
  Program program;
  program.add(kHeader);
  program.add({.repeat = view.out().beats, .reads = view.number("STEPS") - 1, .both = 1});
  return program;
}

// cycles = beats that enter: the last pixel's bring the sums out
Program global_average_pool_program(const KernelView& view) {
  const std::int64_t groups = view.number("CHANNEL_GROUPS");
  Program program;
  program.add(kHeader);
  program.add({.repeat = 1, .reads = groups * (view.number("STEPS") - 1)});
  program.add({.repeat = groups, .both = 1});
  return program;
}

// cycles = sum over pixels of max(1, non-zeros) * FILTER_GROUPS
Program conv_activation_sparse_program(const KernelView& view) {
  const std::int64_t groups = view.number("FILTER_GROUPS");
  Program program;
  program.add(kHeaderAndRecord);
  for (std::size_t pixel = 0; pixel < view.live.size(); ++pixel) {
    const std::int64_t entries = std::max<std::int64_t>(1, view.live[pixel]);
    const bool is_last = pixel + 1 == view.live.size();
    program.add({.repeat = groups - is_last, .reads = entries - 1, .both = 1});
    if (is_last) program.add({.repeat = 1, .reads = entries - 1, .both = 1, .out_too = 1});
  }
  return program;
}

// cycles = sum over vectors and filter groups of max(1, max over filters of ceil(live pairs / N)): a vector is read in the
// first cycle of its issue, a finished pixel leaves in the last.
Program conv_pair_sparse_program(const KernelView& view) {
  const std::int64_t steps = view.number("STEPS"), multipliers = view.number("MULTIPLIERS");
  Program program;
  program.add(kHeaderAndRecord);
  program.add({.repeat = view.out().beats - 1, .reads = steps - 1, .both = 1, .has_costs = true});
  program.add({.repeat = 1, .reads = steps - 1, .both = 1, .out_too = 1, .has_costs = true});
  program.costs.reserve(view.live.size());
  for (const std::uint16_t live : view.live) program.costs.push_back(static_cast<std::uint16_t>(std::max<std::int64_t>(1, (live + multipliers - 1) / multipliers)));
  return program;
}

}  // namespace sluice::simulate
