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

// The cycles of the beats of the kernel's own pixels, each window of STEPS beats once a pass.
void add_scanned_beats(const KernelView& view, std::int64_t passes, Program& program) {
  const std::vector<std::uint16_t> own = view.own_live();
  const auto steps = view.number(Number::steps);
  program.costs.reserve(own.size() * std::size_t(passes));
  for (auto window = own.begin(); window != own.end(); window += steps) {
    for (std::int64_t pass = 0; pass < passes; ++pass) {
      for (std::int64_t step = 0; step < steps; ++step) program.costs.push_back(view.work.beat_cycles(window[step]));
    }
  }
}

// cycles = sum over beats of max(1, codes that count): a beat is read in its first cycle, a finished pixel leaves in
// the last one of its last beat.
Program conv_activation_sparse_program(const KernelView& view) {
  const std::int64_t steps = view.number(Number::steps);
  Program program = counting_program();
  program.add({.repeat = view.out().beats - 1, .reads = steps - 1, .both = 1, .has_costs = true});
  program.add({.repeat = 1, .reads = steps - 1, .both = 1, .out_more = 1, .has_costs = true});
  add_scanned_beats(view, view.number(Number::filter_groups), program);
  return program;
}

// The same with k cycles a code, then the G that fetch the sums, a beat each.
Program conv_grouped_prefix_program(const KernelView& view) {
  const std::int64_t steps = view.number(Number::steps), ranks = view.number(Number::ranks);
  Program program = counting_program();
  program.add({.repeat = view.out().beats / ranks - 1, .reads = steps, .writes = ranks, .has_costs = true});
  program.add({.repeat = 1, .reads = steps, .writes = ranks - 1, .has_costs = true});
  program.add({.repeat = 1, .writes = 1, .out_more = 1});
  add_scanned_beats(view, view.number(Number::filter_groups) / ranks, program);
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
