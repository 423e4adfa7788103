// SPDX-License-Identifier: Apache-2.0
// Axis: an integer variable on the real line, where densities are.
//
// Why: a sampler models densities of real numbers, but a threshold is an integer, perhaps of a log scale. The idea: an
// integer v stands for the interval from v - 1/2 to v + 1/2; on a log scale for the interval of their logarithms. Its
// probability is the mass of that interval, and a real number means the integer whose interval it is in.
//
// Before: a variable that passed Space::check(). After: the intervals of all values cover [low(), high()] exactly.
#pragma once

#include <cmath>

#include "compiler/search/sampler/random.hpp"
#include "compiler/search/sampler/trial.hpp"

namespace sluice::search {

class Axis {
 public:
  explicit Axis(const Variable& variable) : variable_(variable) {}

  double at(double value) const { return variable_.is_log ? std::log(value) : value; }
  double low() const { return at(static_cast<double>(variable_.low) - 0.5); }
  double high() const { return at(static_cast<double>(variable_.high) + 0.5); }
  double centre(std::int64_t value) const { return at(static_cast<double>(value)); }
  double cell_low(std::int64_t value) const { return at(static_cast<double>(value) - 0.5); }
  double cell_high(std::int64_t value) const { return at(static_cast<double>(value) + 0.5); }
  std::int64_t value(double position) const;

 private:
  const Variable& variable_;
};

// Every value of a variable equally likely; on a log scale every position of its axis.
Point uniform_point(const Space& space, Random& random);

}  // namespace sluice::search
