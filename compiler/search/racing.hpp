// SPDX-License-Identifier: Apache-2.0
// Race: drops a candidate after part of the search pictures, when its loss is surely above the limit.
//
// Why: most candidates of a search lose far too much, and a few hundred of the thousands of pictures show it. The
// question is about the finite set of search pictures: would the candidate's loss on all of them be above the limit?
// The idea: bet against "it would not". The pictures come in random order; before each the stake is a fixed fraction of
// what can be staked, and the capital is a martingale if the loss is at the limit, a supermartingale below it. By
// Ville's inequality it ever reaches 1 / error with a probability of at most `error`: over all looks together, and a
// look after every picture costs nothing. (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by
// betting", JRSS B 86, 2024, section 5: without replacement; several fractions are mixed so that none must fit.)
//
// Before: outcomes in the order of picture_order() of this very trial: an order shared by all trials would be known to
// a sampler that learnt from them. After: of candidates within the limit at most the share `error` is dropped.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::search {

// A picture under float and candidate; a picture wrong or right in both says nothing about the difference.
enum class Paired : std::int8_t { only_candidate_right = -1, same = 0, only_float_right = 1 };

struct RaceOptions {
  std::int64_t pictures = 0;  // of the whole search set
  double limit_points = 1;    // largest loss against float, in points of the whole set
  double error = 0.01;        // largest probability that a candidate within the limit is dropped
};

enum class Verdict {
  open,      // more pictures can still tell
  dropped,   // the loss is above the limit: certain after the last picture, up to the error before
  finished,  // all pictures seen, the loss is within the limit
};

class Race {
 public:
  // Refuses a limit outside [0, 100), an error outside (0, 1), no pictures.
  static Result<Race> create(const RaceOptions& options);

  // The next pictures. Those after the one that ends the race are not looked at.
  Verdict add(std::span<const Paired> outcomes);

  Verdict verdict() const { return verdict_; }
  std::int64_t seen() const { return seen_; }
  // Loss on the pictures seen: exact after the last one. Of a dropped candidate it is likely too large, for a race ends
  // when the loss looks largest.
  double loss_points() const;

 private:
  static constexpr std::size_t kBets = 6;
  explicit Race(const RaceOptions& options);
  bool is_lost(Paired outcome);

  RaceOptions options_;
  std::int64_t most_lost_;  // most pictures that may be lost in all
  std::int64_t seen_ = 0, lost_ = 0;
  std::array<double, kBets> log_capital_{};
  Verdict verdict_ = Verdict::open;
};

// 0 to pictures - 1, shuffled by the seed and the trial.
std::vector<std::int64_t> picture_order(std::int64_t pictures, std::uint64_t seed, std::uint64_t trial);

}  // namespace sluice::search
