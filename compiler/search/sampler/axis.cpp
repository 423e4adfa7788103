// SPDX-License-Identifier: Apache-2.0
// From positions to integers.
#include "compiler/search/sampler/axis.hpp"

#include <algorithm>

namespace sluice::search {

std::int64_t Axis::value(double position) const {
  const double real = variable_.is_log ? std::exp(position) : position;
  // Positions at the very ends may round outwards.
  return std::clamp(static_cast<std::int64_t>(std::llround(real)), variable_.low, variable_.high);
}

Point uniform_point(const Space& space, Random& random) {
  Point point;
  for (const Variable& variable : space.variables) {
    const Axis axis(variable);
    point.push_back(axis.value(axis.low() + random.uniform() * (axis.high() - axis.low())));
  }
  return point;
}

}  // namespace sluice::search
