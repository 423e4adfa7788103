// SPDX-License-Identifier: Apache-2.0
// Volumes by exclusion, and the greedy subset.
#include "compiler/search/sampler/hypervolume.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace sluice::search {
namespace {

using Values = std::vector<double>;

double box(const Values& point, const Values& reference) {
  double volume = 1;
  for (std::size_t i = 0; i < point.size(); ++i) volume *= std::fmax(0.0, reference[i] - point[i]);
  return volume;
}

// Two objectives: a staircase, in one sweep.
double area(std::vector<Values> points, const Values& reference) {
  std::sort(points.begin(), points.end());
  double sum = 0, ceiling = reference[1];
  for (const Values& point : points) {
    if (point[0] >= reference[0] || point[1] >= ceiling) continue;
    sum += (reference[0] - point[0]) * (ceiling - point[1]);
    ceiling = point[1];
  }
  return sum;
}

// What `others` cover of the box of `point`. Corners that another corner covers are left out: without that the
// exclusion of each from all others would double with every point.
double covered(const Values& point, const std::vector<Values>& others, std::size_t from, const Values& reference) {
  std::vector<Values> corners;
  for (std::size_t i = from; i < others.size(); ++i) {
    Values corner(point.size());
    for (std::size_t k = 0; k < point.size(); ++k) corner[k] = std::fmax(point[k], others[i][k]);
    const auto covers = [](const Values& a, const Values& b) {
      return std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
    };
    if (std::any_of(corners.begin(), corners.end(), [&](const Values& kept) { return covers(kept, corner); })) continue;
    std::erase_if(corners, [&](const Values& kept) { return covers(corner, kept); });
    corners.push_back(std::move(corner));
  }
  return hypervolume(corners, reference);
}

}  // namespace

double hypervolume(const std::vector<Values>& points, const Values& reference) {
  if (reference.size() == 2) return area(points, reference);
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double own = box(points[i], reference);
    if (own > 0) sum += own - covered(points[i], points, i + 1, reference);
  }
  return sum;
}

std::vector<std::size_t> covering_subset(const std::vector<Values>& points, std::size_t count) {
  if (count == 0) return {};
  Values reference = points[0], least = points[0];
  for (const Values& point : points) {
    for (std::size_t k = 0; k < point.size(); ++k) {
      reference[k] = std::fmax(reference[k], point[k]);
      least[k] = std::fmin(least[k], point[k]);
    }
  }
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const double spread = reference[k] - least[k];
    reference[k] += spread > 0 ? 0.1 * spread : 1;  // all alike: any distance, the same for all
  }
  std::vector<std::size_t> chosen;
  std::vector<Values> kept;
  std::vector<bool> is_chosen(points.size(), false);
  while (chosen.size() < count) {
    std::size_t best = points.size();
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (is_chosen[i]) continue;
      const double gain = box(points[i], reference) - covered(points[i], kept, 0, reference);
      if (gain > most) most = gain, best = i;
    }
    is_chosen[best] = true;
    chosen.push_back(best);
    kept.push_back(points[best]);
  }
  return chosen;
}

}  // namespace sluice::search
