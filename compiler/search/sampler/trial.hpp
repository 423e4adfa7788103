// SPDX-License-Identifier: Apache-2.0
// Variable, Point, Outcome and Trial: what a sampler is asked for and what it is told.
//
// Why: the search over thresholds, the journal and an optimiser outside speak of the same four things. The idea: a
// sampler sees integers and numbers only; that an integer is a threshold and a number a rate is its caller's business.
//
// Before: nothing. After check(): every variable has a range that holds a value and lies within what a double counts
// exactly; a point has one value in range for each variable; an outcome has as many finite numbers as its study says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::search {

// An integer in [low, high], both included.
struct Variable {
  std::string name;  // may be empty
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool is_log = false;  // steps count by ratio, not by difference; needs low >= 1

  bool operator==(const Variable&) const = default;
};

// What is searched, and how many numbers an outcome holds.
struct Space {
  std::vector<Variable> variables;
  std::size_t objectives = 1;
  std::size_t constraints = 0;

  // "l03.tau_w", or "variable 4" where there is no name.
  std::string name(std::size_t variable) const;
  Status check() const;

  bool operator==(const Space&) const = default;
};

using Point = std::vector<std::int64_t>;  // one value for each variable

struct Outcome {
  std::vector<double> objectives;  // each is to be small: whoever maximises a rate tells its negative
  // By how much each constraint is broken, in units that may be added up; zero or less where it holds, by what room. Of
  // a trial that breaks one, only the sum of its violations counts: its objectives may then be anything finite.
  std::vector<double> violations;

  double total_violation() const;  // sum of the positive ones; 0: feasible
  double room() const;             // sum of the negative ones, without their sign
  bool is_feasible() const { return total_violation() == 0; }

  bool operator==(const Outcome&) const = default;
};

struct Trial {
  Point point;
  Outcome outcome;

  bool operator==(const Trial&) const = default;
};

Status check(const Point& point, const Space& space);
Status check(const Outcome& outcome, const Space& space);

}  // namespace sluice::search
