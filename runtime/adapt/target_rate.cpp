// SPDX-License-Identifier: Apache-2.0
// Holds a rate (see target_rate.hpp).
#include "runtime/adapt/target_rate.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

Choice TargetRate::choose(const Situation& now) {
  if (now.changes != changes_) std::fill(left_.begin(), left_.end(), Left{});
  changes_ = now.changes;
  const double safe = target_ * (1 + kOneOfHundred * now.scatter / std::sqrt(static_cast<double>(window_images_)));
  const RowForecast& running = now.rows[now.row];
  const bool does_hold = running.images_per_s * (1 + kLeaveErrors * running.relative_error) >= safe;
  const double errors = now.images_since_change < kTrialImages ? 0 : kEnterErrors;
  bool is_above = true;  // of the running row, in accuracy
  for (const std::uint32_t row : now.by_accuracy) {
    if (row == now.row) {
      is_above = false;
      if (does_hold) return {row, "holds"};
      continue;
    }
    const RowForecast& other = now.rows[row];
    if (now.image < left_[row].until || other.images_per_s * (1 - errors * other.relative_error) < safe) continue;
    if (is_above && does_hold) return {row, "a more accurate row holds the target"};
    // A row above the running one that is safe although that one is not: the table's order and the stream's differ.
    Left& left = left_[now.row];
    left.times = std::min(left.times + 1, kMostPauses);
    left.until = now.image + (kFirstPause << 2 * (left.times - 1));
    return {row, "the running row misses the target"};
  }
  std::uint32_t fastest = now.row;
  for (std::uint32_t row = 0; row < now.rows.size(); ++row) {
    if (now.rows[row].images_per_s > now.rows[fastest].images_per_s) fastest = row;
  }
  if (fastest != now.row) return {fastest, "no row holds the target with room to spare; the fastest", false};
  return {fastest,
          running.images_per_s >= target_ ? "the fastest row holds the target, with little to spare"
                                          : "the fastest row misses the target",
          false};
}

}  // namespace sluice
