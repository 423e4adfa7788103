// SPDX-License-Identifier: Apache-2.0
// The bets of a race, in logarithms.
#include "compiler/search/racing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "compiler/search/sampler/random.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::search {
namespace {

// Shares of the largest stake at which a bet cannot lose everything. The best is near (loss - limit) / variance of a
// picture's outcome: large for a candidate that is far off, small for one just above the limit.
constexpr std::array<double, 6> kStakes = {0.9, 0.6, 0.4, 0.25, 0.15, 0.08};

// Pictures are drawn from a stream of their own: a candidate must not depend on the order it is judged in.
constexpr std::uint64_t kOrderStream = 0x5049435455524553u;

}  // namespace

Result<Race> Race::create(const RaceOptions& options) {
  if (options.pictures < 1) return user_error("a race needs pictures to judge by; there are {}", options.pictures);
  if (!(options.limit_points >= 0 && options.limit_points < 100))
    return user_error("a limit of {} points is outside 0 to 100, 100 excluded", options.limit_points);
  if (!(options.error > 0 && options.error < 1))
    return user_error("the probability of a wrong drop is {}; it must lie between 0 and 1", options.error);
  return Race(options);
}

Race::Race(const RaceOptions& options)
    : options_(options),
      // A limit such as 0.3 points is meant in decimal: 3 of 1,000 pictures are within it.
      most_lost_(static_cast<std::int64_t>(
          std::floor(options.limit_points / 100 * static_cast<double>(options.pictures) + 1e-9))) {}

Verdict Race::add(std::span<const Paired> outcomes) {
  for (const Paired outcome : outcomes) {
    if (verdict_ != Verdict::open) break;
    if (is_lost(outcome))
      verdict_ = Verdict::dropped;
    else if (seen_ == options_.pictures)
      verdict_ = Verdict::finished;
  }
  return verdict_;
}

// Takes one picture; whether the candidate is then out.
bool Race::is_lost(Paired paired) {
  const double outcome = static_cast<double>(paired);
  // What the pictures to come lose on average if the candidate loses as much as it may.
  const double expected = static_cast<double>(most_lost_ - lost_) / static_cast<double>(options_.pictures - seen_);
  // (At -1 it must lose by being right on every one of them: a picture that it is not right on ends the race below.)
  for (std::size_t bet = 0; bet < kBets && expected > -1; ++bet)
    log_capital_[bet] += std::log1p(kStakes[bet] / (1 + expected) * (outcome - expected));
  ++seen_;
  lost_ += static_cast<std::int64_t>(paired);
  // Even if float alone were wrong on all pictures to come, too many would be lost: certain, not bet on.
  if (lost_ - (options_.pictures - seen_) > most_lost_) return true;
  if (seen_ == options_.pictures) return false;
  const double largest = *std::max_element(log_capital_.begin(), log_capital_.end());
  double sum = 0;
  for (const double log : log_capital_) sum += std::exp(log - largest);
  return largest + std::log(sum / static_cast<double>(kBets)) >= -std::log(options_.error);
}

double Race::loss_points() const {
  return seen_ == 0 ? 0 : 100 * static_cast<double>(lost_) / static_cast<double>(seen_);
}

std::vector<std::int64_t> picture_order(std::int64_t pictures, std::uint64_t seed, std::uint64_t trial) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(pictures));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Random random(seed ^ kOrderStream, trial);
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
  return order;
}

}  // namespace sluice::search
