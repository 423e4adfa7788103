// SPDX-License-Identifier: Apache-2.0
// Checks of trial.hpp.
#include "compiler/search/sampler/trial.hpp"

#include <cmath>

#include "runtime/base/errors.hpp"

namespace sluice::search {
namespace {

// Beyond it a double does not count integers one by one.
constexpr std::int64_t kLargest = std::int64_t{1} << 50;

}  // namespace

std::string Space::name(std::size_t variable) const {
  const std::string& name = variables[variable].name;
  return name.empty() ? fmt::format("variable {}", variable) : name;
}

Status Space::check() const {
  if (variables.empty()) return user_error("the space has no variables; a search needs at least one");
  if (objectives == 0) return user_error("the space has no objectives; a search needs at least one");
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const Variable& variable = variables[i];
    if (variable.low > variable.high)
      return user_error("{}: its range [{}, {}] is empty", name(i), variable.low, variable.high);
    if (variable.low < -kLargest || variable.high > kLargest)
      return user_error("{}: its range [{}, {}] reaches beyond 2^50", name(i), variable.low, variable.high);
    if (variable.is_log && variable.low < 1)
      return user_error("{}: a log scale begins at 1 or above, not at {}", name(i), variable.low);
  }
  return ok();
}

double Outcome::total_violation() const {
  double total = 0;
  for (const double violation : violations) total += std::fmax(0.0, violation);
  return total;
}

double Outcome::room() const {
  double total = 0;
  for (const double violation : violations) total += std::fmax(0.0, -violation);
  return total;
}

Status check(const Point& point, const Space& space) {
  if (point.size() != space.variables.size())
    return user_error("a point of this space has {} values, not {}", space.variables.size(), point.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    const Variable& variable = space.variables[i];
    if (point[i] < variable.low || point[i] > variable.high)
      return user_error("{}: {} is outside [{}, {}]", space.name(i), point[i], variable.low, variable.high);
  }
  return ok();
}

Status check(const Outcome& outcome, const Space& space) {
  if (outcome.objectives.size() != space.objectives)
    return user_error("an outcome of this space has {} objectives, not {}", space.objectives,
                      outcome.objectives.size());
  if (outcome.violations.size() != space.constraints)
    return user_error("an outcome of this space has {} violations, not {}", space.constraints,
                      outcome.violations.size());
  for (const double number : outcome.objectives)
    if (!std::isfinite(number)) return user_error("an objective is {}; it must be a finite number", number);
  for (const double number : outcome.violations)
    if (!std::isfinite(number)) return user_error("a violation is {}; it must be a finite number", number);
  return ok();
}

}  // namespace sluice::search
