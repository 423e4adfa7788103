// SPDX-License-Identifier: Apache-2.0
// Random: numbers that depend on a seed and a trial alone, the same with every C++ library.
//
// Why: the standard's distributions differ between libraries, and one generator shared by all trials would make a trial
// depend on how many numbers others drew. The idea: a stream for each (seed, trial), mixed by SplitMix64 (Steele, Lea,
// Flood, "Fast splittable pseudorandom number generators", 2014), which is good enough for sampling and needs 8 bytes.
//
// Before: nothing. After: the same (seed, trial) gives the same sequence (normal(): with the same C library).
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::search {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t trial);

  std::uint64_t bits();
  // In (0, 1), never an end: its logarithm and its normal quantile are finite.
  double uniform();
  // Of the standard normal distribution.
  double normal();
  // 0 to count - 1; count > 0.
  std::size_t below(std::size_t count);

 private:
  std::uint64_t state_;
};

}  // namespace sluice::search
