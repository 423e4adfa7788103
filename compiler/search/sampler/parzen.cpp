// SPDX-License-Identifier: Apache-2.0
// Widths, weights, masses and draws of parzen.hpp.
#include "compiler/search/sampler/parzen.hpp"

#include <algorithm>
#include <numbers>
#include <numeric>

#include "compiler/search/sampler/axis.hpp"

namespace sluice::search {
namespace {

constexpr std::size_t kRecent = 25;
constexpr double kMostWidths = 100;  // narrowest bumps that a range is cut into

// Mass of the standard normal density between two positions, precise also far out, where it is a difference of tails.
double normal_mass(double from, double to) {
  if (from > 0) return normal_mass(-to, -from);
  const double root = std::numbers::sqrt2;
  if (to <= 0) return 0.5 * (std::erfc(-to / root) - std::erfc(-from / root));
  return 1 - 0.5 * (std::erfc(to / root) + std::erfc(-from / root));
}

std::vector<double> bump_weights(std::size_t points, Weights kind) {
  std::vector<double> weights(points + 1, 1.0);
  if (kind == Weights::recent && points >= kRecent) {
    const std::size_t old = points - kRecent;
    const double first = 1.0 / static_cast<double>(points);
    for (std::size_t i = 0; i < old; ++i)
      weights[i] = old == 1 ? first : first + (1 - first) * static_cast<double>(i) / static_cast<double>(old - 1);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Of centres in ascending order.
std::vector<double> bump_widths(const std::vector<double>& centres, double low, double high) {
  const std::size_t count = centres.size();
  const double range = high - low;
  const double least = range / std::min(kMostWidths, static_cast<double>(count + 2));
  std::vector<double> widths(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double left = i > 0 ? centres[i] - centres[i - 1] : count == 1 ? centres[i] - low : 0;
    const double right = i + 1 < count ? centres[i + 1] - centres[i] : count == 1 ? high - centres[i] : 0;
    widths[i] = std::clamp(std::max(left, right), least, range);
  }
  return widths;
}

}  // namespace

ParzenMixture::ParzenMixture(const Space& space, std::vector<const Point*> points, Weights weights)
    : space_(space), weights_(bump_weights(points.size(), weights)) {
  for (std::size_t v = 0; v < space.variables.size(); ++v) marginals_.push_back(marginal(v, points));
}

ParzenMixture::Marginal ParzenMixture::marginal(std::size_t variable, const std::vector<const Point*>& points) const {
  const Axis axis(space_.variables[variable]);
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return (*points[a])[variable] < (*points[b])[variable]; });
  std::vector<double> centres;
  for (const std::size_t i : order) centres.push_back(axis.centre((*points[i])[variable]));
  const double low = axis.low(), high = axis.high();
  const std::vector<double> widths = bump_widths(centres, low, high);

  Marginal made;
  made.group_of.resize(points.size() + 1);
  const auto add = [&](std::size_t bump, double centre, double width) {
    if (made.groups.empty() || made.groups.back().centre != centre || made.groups.back().width != width)
      made.groups.push_back({centre, width, normal_mass((low - centre) / width, (high - centre) / width), 0});
    made.groups.back().weight += weights_[bump];
    made.group_of[bump] = made.groups.size() - 1;
  };
  for (std::size_t i = 0; i < order.size(); ++i) add(order[i], centres[i], widths[i]);
  add(points.size(), (low + high) / 2, high - low);
  return made;
}

double ParzenMixture::mass(std::size_t variable, const Group& group, std::int64_t value) const {
  const Axis axis(space_.variables[variable]);
  return normal_mass((axis.cell_low(value) - group.centre) / group.width,
                     (axis.cell_high(value) - group.centre) / group.width) /
         group.inside;
}

double ParzenMixture::mass(std::size_t variable, std::int64_t value) const {
  double sum = 0;
  for (const Group& group : marginals_[variable].groups) sum += group.weight * mass(variable, group, value);
  return sum;
}

// Rejection: a centre is within the range and no bump is wider than it, so one draw of three is inside at least.
std::int64_t ParzenMixture::sample(std::size_t variable, const Group& group, Random& random) const {
  const Axis axis(space_.variables[variable]);
  const double low = axis.low(), high = axis.high();
  while (true) {
    const double position = group.centre + group.width * random.normal();
    if (position >= low && position <= high) return axis.value(position);
  }
}

std::size_t ParzenMixture::drawn_bump(Random& random) const {
  double left = random.uniform();
  std::size_t bump = 0;
  while (bump + 1 < weights_.size() && left >= weights_[bump]) left -= weights_[bump++];
  return bump;
}

std::int64_t ParzenMixture::sample_near(std::size_t point, std::size_t variable, Random& random) const {
  const Marginal& marginal = marginals_[variable];
  return sample(variable, marginal.groups[marginal.group_of[point]], random);
}

std::int64_t ParzenMixture::sample(std::size_t variable, Random& random) const {
  return sample_near(drawn_bump(random), variable, random);
}

Point ParzenMixture::sample(Random& random) const {
  const std::size_t bump = drawn_bump(random);
  Point point;
  for (std::size_t v = 0; v < marginals_.size(); ++v) point.push_back(sample_near(bump, v, random));
  return point;
}

std::vector<double> ParzenMixture::log_masses(const std::vector<Point>& candidates) const {
  std::vector<double> logs, group_logs, bump_logs;
  for (const Point& candidate : candidates) {
    bump_logs.assign(weights_.size(), 0);
    for (std::size_t v = 0; v < marginals_.size(); ++v) {
      const Marginal& marginal = marginals_[v];
      group_logs.clear();
      for (const Group& group : marginal.groups) group_logs.push_back(std::log(mass(v, group, candidate[v])));
      for (std::size_t bump = 0; bump < bump_logs.size(); ++bump)
        bump_logs[bump] += group_logs[marginal.group_of[bump]];
    }
    // The prior's mass is never zero, so the largest is finite.
    double largest = bump_logs.back(), sum = 0;
    for (const double log : bump_logs) largest = std::max(largest, log);
    for (std::size_t bump = 0; bump < bump_logs.size(); ++bump)
      sum += weights_[bump] * std::exp(bump_logs[bump] - largest);
    logs.push_back(largest + std::log(sum));
  }
  return logs;
}

}  // namespace sluice::search
