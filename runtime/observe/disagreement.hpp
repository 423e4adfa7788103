// SPDX-License-Identifier: Apache-2.0
// Disagreement: on how many of this stream's images a row's best class differs at most from the densest row's.
//
// Why: what a row loses was measured on pictures with labels. A stream has none, and other pictures. But the densest
// row leaves nothing out, so where a row disagrees with it, that is what the row does to these pictures; it loses no
// more than so many of them. The idea: some images (canaries) are computed under both, and the share of disagreements
// has a one-sided upper bound, exact for independent draws (C. J. Clopper and E. S. Pearson, 1934):
//
//   the share p at which so few disagreements, or fewer, would be seen in 5 of 100 such samples
//
// Which images: one in each `period` of them, at a place drawn by a fixed mixing of the block's number, so that a
// stream that repeats itself is not met at the same places (G. L. Steele and others, SplitMix, 2014). Such a sample of
// a drifting stream scatters less than independent draws do, so the bound holds there, too.
//
// Which canaries count: those of the last kWindowPeriods * period images, and none from before a change of the
// pictures. Below kLeastCanaries the bound is unknown. It is a bound at each moment, not at all moments together.
//
// Before: canaries in the order of the images. After: bounds are multiples of 2^-30, so that mathematics libraries that
// round differently give the same (replay depends on it).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace sluice {

// Upper 95 % bound of a share of which `found` in `count` were seen; 1 for none.
double upper_bound_95(std::uint64_t found, std::uint64_t count);

// Whether this image is the canary of its block. `period`: 0 for none.
bool is_canary(std::uint64_t index, std::uint64_t period);

class Disagreement {
 public:
  static constexpr std::uint64_t kLeastCanaries = 200, kWindowPeriods = 1000;

  Disagreement(std::size_t rows, std::uint64_t period) : period_(period), rows_(rows) {}

  // A canary that ran under `row` and under the densest one.
  void add(std::size_t row, std::uint64_t index, bool disagrees);
  // Lets canaries go that lie too far before this image.
  void forget_before(std::uint64_t index);
  // The pictures have changed.
  void restart();
  void set_period(std::uint64_t period) { period_ = period; }

  std::uint64_t canaries(std::size_t row) const { return rows_.at(row).seen.size(); }
  std::uint64_t found(std::size_t row) const { return rows_.at(row).found; }
  // Unknown below kLeastCanaries.
  std::optional<double> bound(std::size_t row) const;

 private:
  struct Canary {
    std::uint64_t index = 0;
    bool disagrees = false;
  };
  struct OfRow {
    std::deque<Canary> seen;
    std::uint64_t found = 0;
    mutable std::optional<double> bound;  // of what is seen; computed when it is asked for
  };

  std::uint64_t period_;
  std::vector<OfRow> rows_;
};

}  // namespace sluice
