// SPDX-License-Identifier: Apache-2.0
// MinAccuracy: the fastest row that surely disagrees with the densest one on few of these pictures.
//
// Why: a table's losses hold for pictures like those it was made with. A stream has its own, without labels, and what
// can be known of it is on how many images a row differs from the densest one (observe/disagreement.hpp). The idea:
//
//   in charge    stays while its bound is within the limit; otherwise the fastest row within the limit takes over, the
//                densest one where none is known (its bound is 0)
//   a faster one takes over when its bound lies within kEnter of the limit, so that rows do not take turns
//   candidate    canaries run under it, too, so that its bound becomes known before it answers anything: the next
//                faster row whose bound is not known; where all are, the one with the fewest canaries
//
// After a change of the pictures nothing is known, so the densest row is in charge until the canaries have told enough.
#pragma once

#include "runtime/adapt/row_policy.hpp"

namespace sluice {

class MinAccuracy final : public RowPolicy {
 public:
  explicit MinAccuracy(double most_disagreement) : limit_(most_disagreement) {}

  Choice choose(const Situation& now) override;

 private:
  static constexpr double kEnter = 0.9;

  bool is_within(const Situation& now, std::uint32_t row) const;

  const double limit_;
};

}  // namespace sluice
