// SPDX-License-Identifier: Apache-2.0
// ChangeDetector: says when the level of a noisy series has changed, and since when.
//
// Why: a mean over the last thousand images is exact on a steady stream and wrong for a thousand images after the light
// went out. So what was learned before a change must be put aside, and only then. The idea: two cumulative sums (E. S.
// Page, 1954), one for each direction, of how far values lie from the level in standard deviations, less kSlack:
//
//   up = max(0, up + z - kSlack)        a change is reported when up, or down, exceeds kLimit;
//   down = max(0, down - z - kSlack)    it began when that sum last left zero
//
// False alarms: for normal values around the level, one in 150,000 (D. Siegmund's approximation of 1985:
// (exp(2 k (h + 1.166)) - 2 k (h + 1.166) - 1) / (2 k^2) values for each sum, k = 1/4, h = 20). Delay: about
// h / (d - k) values for a shift by d deviations, so 80 for half a deviation. A shift by less than a quarter is not
// reported. Values count for at most kFarthest deviations, so that single outliers are no change.
#pragma once

#include <cstdint>

namespace sluice {

struct Change {
  double mean = 0;           // of the values since it began
  std::uint64_t values = 0;  // so many
};

class ChangeDetector {
 public:
  // Takes a value that lies `deviations` from the level; true when the level has changed. It then begins anew.
  bool add(double value, double deviations);
  // The change reported last.
  const Change& change() const { return change_; }
  void restart();

 private:
  struct Sum {
    double sum = 0;
    double values_sum = 0;
    std::uint64_t values = 0;

    bool add(double value, double excess);
  };

  static constexpr double kSlack = 0.25, kLimit = 20, kFarthest = 3;

  Sum up_, down_;
  Change change_;
};

}  // namespace sluice
