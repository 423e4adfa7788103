// SPDX-License-Identifier: Apache-2.0
// Schedules of the engines and pools: many beats in, one out.
//
// Sparse engines also send a record: its header with the image's, its counters with the last beat of the map.
#include <algorithm>

#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {
namespace {

constexpr Run kHeader{.repeat = 1, .both = 1};
constexpr Run kHeaderAndRecord{.repeat = 1, .both = 1, .out_more = 1};

// A program of an engine that counts, after its header.
Program counting_program() {
  Program program;
  program.add(kHeaderAndRecord);
  program.uncounted = 1;
  return program;
}

// STEPS beats in, one out; cycles = beats that enter.
Program reduction_program(const KernelView& view) {
  Program program;
  program.add(kHeader);
  program.add({.repeat = view.out().beats, .reads = view.number(Number::steps) - 1, .both = 1});
  return program;
}

}  // namespace

Program conv_dense_program(const KernelView& view) { return reduction_program(view); }
Program depthwise_dense_program(const KernelView& view) { return reduction_program(view); }
Program max_pool_program(const KernelView& view) { return reduction_program(view); }
Program average_pool_program(const KernelView& view) { return reduction_program(view); }

// cycles = beats that enter: the last pixel's bring the sums out
Program global_average_pool_program(const KernelView& view) {
  const std::int64_t groups = view.number(Number::channel_groups);
  Program program;
  program.add(kHeader);
  program.add({.repeat = 1, .reads = groups * (view.number(Number::steps) - 1)});
  program.add({.repeat = groups, .both = 1});
  return program;
}

// cycles = sum over pixels of max(1, non-zeros) * FILTER_GROUPS
Program conv_activation_sparse_program(const KernelView& view) {
  const std::int64_t groups = view.number(Number::filter_groups);
  Program program = counting_program();
  const std::vector<std::uint16_t> live = view.own_live();
  for (std::size_t pixel = 0; pixel < live.size(); ++pixel) {
    const std::int64_t entries = view.work.list_cycles(live[pixel]);
    const bool is_last = pixel + 1 == live.size();
    program.add({.repeat = groups - is_last, .reads = entries - 1, .both = 1});
    if (is_last) program.add({.repeat = 1, .reads = entries - 1, .both = 1, .out_more = 1});
  }
  return program;
}

// cycles = sum over pixels of (non-zeros * k + G) * passes: the G entries after a list fetch the sums, a beat each.
Program conv_grouped_prefix_program(const KernelView& view) {
  const std::int64_t ranks = view.number(Number::ranks), beats = view.out().beats;
  const std::vector<std::uint16_t> live = view.own_live();
  const auto passes = beats / (ranks * static_cast<std::int64_t>(live.size()));
  Program program = counting_program();
  for (std::size_t pixel = 0; pixel < live.size(); ++pixel) {
    const std::int64_t entries = view.work.list_cycles(live[pixel]) - ranks;
    const bool is_last = pixel + 1 == live.size();
    program.add({.repeat = passes - is_last, .reads = entries, .both = ranks});
    if (!is_last) continue;
    program.add({.repeat = 1, .reads = entries, .both = ranks - 1});
    program.add({.repeat = 1, .both = 1, .out_more = 1});
  }
  return program;
}

// A beat in per cycle; the map of the tile before the last one leaves with the first beats of a period.
Program conv_weight_sparse_program(const KernelView& view) {
  const TilePeriods periods = tile_periods(view);
  Program program = counting_program();
  const auto period = [&](std::int64_t beats, std::int64_t sent, bool multiplies) {
    program.add({.repeat = 1, .both = sent});
    program.add({.repeat = 1, .reads = beats - sent});
    program.uncounted += beats - (multiplies ? periods.multiplied : 0);
  };
  for (std::size_t t = 0; t < periods.tiles.size(); ++t) {
    period(periods.tiles[t].loaded + periods.tiles[t].filling, t < 2 ? 0 : periods.tiles[t - 2].sent, t > 0);
  }
  period(periods.last_multiplied, periods.tiles.size() < 2 ? 0 : periods.tiles[periods.tiles.size() - 2].sent, true);
  program.uncounted += periods.last_sent;
  program.add({.repeat = 1, .both = periods.last_sent - 1});
  program.add({.repeat = 1, .both = 1, .out_more = 1});
  return program;
}

// cycles = sum over vectors and filter groups of max(1, max over filters of ceil(live pairs / N)): a vector is read in
// the first cycle of its issue, a finished pixel leaves in the last.
Program conv_pair_sparse_program(const KernelView& view) {
  const std::int64_t steps = view.number(Number::steps), multipliers = view.number(Number::multipliers);
  Program program = counting_program();
  program.add({.repeat = view.out().beats - 1, .reads = steps - 1, .both = 1, .has_costs = true});
  program.add({.repeat = 1, .reads = steps - 1, .both = 1, .out_more = 1, .has_costs = true});
  const std::vector<std::uint16_t> own = view.own_live();
  program.costs.reserve(own.size());
  for (const std::uint16_t live : own)
    program.costs.push_back(
        static_cast<std::uint16_t>(std::max<std::int64_t>(1, (live + multipliers - 1) / multipliers)));
  return program;
}

}  // namespace sluice::simulate
