// SPDX-License-Identifier: Apache-2.0
// Takes the fastest row within a limit (see min_accuracy.hpp).
#include "runtime/adapt/min_accuracy.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kDensest = 0;  // by the contract of the design table

std::optional<std::uint32_t> candidate_beyond(const Situation& now, std::uint32_t row) {
  std::optional<std::uint32_t> unknown, fewest;
  for (std::uint32_t other = 0; other < now.rows.size(); ++other) {
    const RowForecast& it = now.rows[other];
    if (other == kDensest || it.images_per_s <= now.rows[row].images_per_s) continue;
    if (!it.disagreement_bound && (!unknown || it.images_per_s < now.rows[*unknown].images_per_s)) unknown = other;
    if (!fewest || it.canaries < now.rows[*fewest].canaries) fewest = other;
  }
  return unknown ? unknown : fewest;
}

}  // namespace

bool MinAccuracy::is_within(const Situation& now, std::uint32_t row) const {
  const std::optional<double>& bound = now.rows[row].disagreement_bound;
  return bound && *bound <= (row == now.row ? limit_ : kEnter * limit_);
}

Choice MinAccuracy::choose(const Situation& now) {
  const bool does_stay = is_within(now, now.row);
  std::uint32_t row = does_stay ? now.row : kDensest;
  for (std::uint32_t other = 0; other < now.rows.size(); ++other) {
    const RowForecast& it = now.rows[other];
    // Rows of one rate do not take turns.
    if (is_within(now, other) && it.images_per_s * (1 - it.relative_error) > now.rows[row].images_per_s) row = other;
  }
  Choice choice{row, "holds", true, candidate_beyond(now, row)};
  if (row == now.row)
    choice.reason = row == kDensest ? "no faster row is known to be within the limit" : "holds";
  else if (does_stay)
    choice.reason = "a faster row is within the limit";
  else if (now.rows[now.row].disagreement_bound)
    choice.reason = "the running row may disagree too often";
  else
    choice.reason = "nothing is known of the running row on these pictures";
  return choice;
}

}  // namespace sluice
