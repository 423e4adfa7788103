// SPDX-License-Identifier: Apache-2.0
// RacingMeter: what the thresholds of a trial lose; a trial that surely loses too much is dropped on part of the
// pictures, and thresholds that were measured are not measured again.
//
// Why: evaluating pictures is nearly all that a trial costs. The idea: where points are limited, a trial is a race
// (racing.hpp) against the limit, in an order of pictures of its own. Where the divergence is limited nothing need be
// bet: it is never negative, so the pictures that were seen bound the mean of all from below. Pictures whose class is
// doubtful come first then: most of a divergence is theirs.
//
// Before: meter and its samples outlive this. After: of trials within the limit of points, at most the share kRaceError
// is dropped; of those within the limit of divergence, none. Whoever runs the trials tells each of them by remember(),
// those of an earlier run, too: so the rest of them ends as in one run.
#pragma once

#include <map>

#include <nlohmann/json_fwd.hpp>

#include "compiler/search/loss_meter.hpp"

namespace sluice::search {

inline constexpr double kRaceError = 0.01;

struct RacedLoss {
  MeasuredLoss loss;         // of the pictures that were seen; its divergence bounds that of all where that is limited
  std::size_t pictures = 0;  // evaluated for it; 0: these thresholds were known
  bool is_dropped = false;

  bool operator==(const RacedLoss&) const = default;
};

// What racing and remembering spared.
struct RaceCounts {
  std::size_t trials = 0, dropped = 0, known = 0;
  std::size_t pictures = 0;      // evaluated
  std::size_t all_pictures = 0;  // had every trial seen all of them

  bool operator==(const RaceCounts&) const = default;
};

class RacingMeter {
 public:
  // A limit of 100 points or more drops nothing.
  RacingMeter(const LossMeter& meter, double most_points, std::uint64_t seed);

  // `trial` orders the pictures. remember() comes next, with what this found.
  RacedLoss measure(const std::vector<Thresholds>& thresholds, std::uint64_t trial) const;
  // Dropped: the divergence is above `most_nats`.
  RacedLoss measure_within(const std::vector<Thresholds>& thresholds, double most_nats) const;
  // Thresholds whose loss on all pictures is known otherwise.
  void know(const std::vector<Thresholds>& thresholds, const MeasuredLoss& loss);
  void remember(const std::vector<Thresholds>& thresholds, const RacedLoss& raced);

  const LossMeter& meter() const { return meter_; }
  double most_points() const { return most_points_; }
  const RaceCounts& counts() const { return counts_; }

 private:
  RacedLoss raced(const std::vector<Thresholds>& thresholds, std::uint64_t trial) const;

  const LossMeter& meter_;
  const double most_points_;
  const std::uint64_t seed_;
  // Those that saw all pictures: what others lose is not known.
  std::map<std::vector<int>, RacedLoss> known_;
  std::vector<std::size_t> doubtful_first_;  // pictures
  RaceCounts counts_;
};

nlohmann::json to_json(const RacedLoss& raced);
RacedLoss raced_loss_from(const nlohmann::json& j);

nlohmann::json to_json(const RaceCounts& counts);
RaceCounts race_counts_from(const nlohmann::json& j);

}  // namespace sluice::search
