// SPDX-License-Identifier: Apache-2.0
// Arrivals: when the queries of the scenario Server come, as a Poisson process.
//
// Why: users do not wait for each other, so queries come at times that know nothing of the device, sometimes in
// bunches. The idea: gaps are exponential, -log(1 - u) / rate. Both the generator (mt19937_64, whose numbers the
// standard fixes) and the formula are written out here, because std::exponential_distribution differs between
// libraries.
//
// Before: rate above 0. After: the same seed and rate give the same times, everywhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace sluice::bench {

class Arrivals {
 public:
  Arrivals(double rate_per_s, std::uint64_t seed) : rate_per_s_(rate_per_s), random_(seed) {}

  // Of the next query, from the begin of the run; never earlier than the one before.
  std::chrono::nanoseconds next();

 private:
  double rate_per_s_;
  std::mt19937_64 random_;
  double seconds_ = 0;
};

}  // namespace sluice::bench
