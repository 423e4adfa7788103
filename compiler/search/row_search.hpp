// SPDX-License-Identifier: Apache-2.0
// search_rows: the rows of a design table, for hardware that stands.
//
// Why: the runtime moves along the rows, so each must be worth moving to: faster than the one before it for as little
// loss as possible. The idea: the exact allocations of what single layers lose (allocation.hpp), measured on the search
// pictures all together. Those that something else beats in cycles and divergence go; of the rest so many are taken, at
// even ratios of cycles, as the largest loss allows. Trials around those (row_trials.hpp) may find better ones.
//
// Before: valid design; a loss table of its network; samples. After: rows[0] leaves nothing out; each further row takes
// fewer cycles by the counters' model. Where there is no further row, `why_single` says so.
#pragma once

#include <string>

#include "compiler/search/allocation.hpp"
#include "compiler/search/racing_meter.hpp"

namespace sluice::search {

struct RowSearchOptions {
  double most_points = 2;  // of loss on the search pictures
  std::size_t most_rows = 12;
  double least_gain = 0.02;           // share of the cycles of the row before that a row saves at least
  std::size_t counted_pictures = 24;  // whose cycles are counted
};

struct FrontPoint {
  std::vector<Thresholds> thresholds;  // of every layer
  std::vector<std::size_t> picks;      // the same, of the design's options
  bool is_tried = false;               // by a study (row_trials.hpp), not by allocation
  double cycles = 0;                   // of the slowest layer
  double predicted_nats = 0;           // sum of what its layers lose alone
  MeasuredLoss measured;               // on the search pictures
  double points = 0;                   // of `measured`, rising along the front
  int row = -1;                        // of the table; -1: not taken
  std::size_t trial = 0;               // is_tried: which

  bool operator==(const FrontPoint&) const = default;
};

struct TrialOptions;  // study.hpp

// A trial that was better than all before it.
struct SearchStep {
  std::size_t trial = 0;  // 0: before the first
  double cycles = 0;
  double points = 0;  // lost, on the search pictures

  bool operator==(const SearchStep&) const = default;
};

struct RowSearch {
  std::vector<FrontPoint> front;  // the densest first
  std::string why_single;         // empty where there are several rows
  std::string fixed_part;         // what is slowest of all that no threshold makes faster
  double fixed_cycles = 0;
  RaceCounts raced;                  // of the trials
  std::vector<SearchStep> progress;  // of the fewest cycles within the largest loss; empty where nothing was tried
};

// `found`: thresholds of all layers that were found good before; the engines of the design may not obey them all.
Result<RowSearch> search_rows(const Design& design, const LossTable& table, const std::vector<RowSample>& samples,
                              const std::vector<std::vector<Thresholds>>& found, const RowSearchOptions& options,
                              const TrialOptions& trials);

// Of measured rows, those that are worth moving to: the first, then each that saves `least_gain` of the cycles of the
// last one that is kept.
std::vector<std::size_t> worthwhile_rows(const DesignTable& table, double least_gain);

// The rows that were taken, not measured yet.
DesignTable table_of(const Design& design, const std::vector<FrontPoint>& front, double clock_mhz);

}  // namespace sluice::search
