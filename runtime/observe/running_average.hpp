// SPDX-License-Identifier: Apache-2.0
// RunningAverage: a mean that is calm while a stream is, and quick when it changes.
//
// Why: one image's cycles scatter by a tenth around their mean; a decision wants the mean of many images, but not of
// those before the light went out. The idea: two exponential averages (R. G. Brown, 1956), of about 8 and 32 images.
// Two means of the same stream differ by chance by sigma * sqrt(a / (2 - a)); when they are kBand times further apart
// the stream has changed, and the quick one speaks. Sigma comes from successive differences (J. von Neumann, 1941: half
// their mean square is the variance), which a change of level disturbs once and not for as long as the slow average
// lags.
#pragma once

#include <cstdint>

namespace sluice {

class RunningAverage {
 public:
  void add(double value);

  bool is_empty() const { return count_ == 0; }
  bool is_changing() const;
  // The slow average, or the quick one while the stream changes. Not empty.
  double value() const { return is_changing() ? fast_ : slow_; }

 private:
  static constexpr double kFast = 1.0 / 8, kSlow = 1.0 / 32;
  static constexpr double kBand = 3;
  static constexpr std::uint64_t kLeast = 8;  // values before the scatter means anything

  double fast_ = 0;
  double slow_ = 0;
  double last_ = 0;
  double variance_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace sluice
