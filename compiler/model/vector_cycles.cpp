// SPDX-License-Identifier: Apache-2.0
// See vector_cycles.hpp.
#include "compiler/model/vector_cycles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sluice {
namespace {

// Share of a likeliest count at which a tail ends.
constexpr double kUnnoticed = 1e-25;

int cycles_of(int live, int pairs) { return std::max(1, (live + pairs - 1) / pairs); }

// within[t]: probability that a vector takes at most t cycles; the last one is 1.
std::vector<double> shares_within(const LiveHistogram& live, int pairs) {
  std::vector<double> within(std::size_t(cycles_of(int(live.size()) - 1, pairs)) + 1, 0.0);
  for (std::size_t z = 0; z < live.size(); ++z) within[std::size_t(cycles_of(int(z), pairs))] += live[z];
  for (std::size_t t = 1; t < within.size(); ++t) within[t] += within[t - 1];
  const double all = within.back();
  for (double& share : within) share /= all;
  return within;
}

double whole_power(double base, int exponent) {
  double power = 1;
  for (; exponent > 0; exponent >>= 1, base *= base) {
    if (exponent & 1) power *= base;
  }
  return power;
}

}  // namespace

double mean_cycles(const LiveHistogram& live, int pairs, bool skips_zero_vectors) {
  double cycles = 0, all = 0;
  for (std::size_t z = 0; z < live.size(); ++z) {
    all += live[z];
    if (z > 0 || !skips_zero_vectors) cycles += live[z] * cycles_of(int(z), pairs);
  }
  return cycles / all;
}

LiveHistogram independent_lanes(double density, int lanes) {
  LiveHistogram live(std::size_t(lanes) + 1, 0.0);
  if (density <= 0 || density >= 1) {
    live[density <= 0 ? 0 : std::size_t(lanes)] = 1;
    return live;
  }
  // From the likeliest count outwards by ratios, then normalised: powers of windows of thousands of lanes would leave
  // the range of double. Tails that no sum of doubles would notice stay 0.
  const double odds = density / (1 - density);
  const int likeliest = std::min(lanes, int(density * (lanes + 1)));
  const auto at = [&](int z) -> double& { return live[std::size_t(z)]; };
  at(likeliest) = 1;
  double all = 1;
  for (int z = likeliest; z < lanes && at(z) > kUnnoticed; ++z) all += at(z + 1) = at(z) * odds * (lanes - z) / (z + 1);
  for (int z = likeliest; z > 0 && at(z) > kUnnoticed; --z) all += at(z - 1) = at(z) / odds * z / (lanes - z + 1);
  for (double& share : live) share /= all;
  return live;
}

// E[max] = sum over t >= 0 of P(max > t), and P(max <= t) is the product over the filters. Asked for most often, and
// mostly where P is 0 or 1: no power is taken there, and nothing is allocated.
double lock_step_cycles(const LiveHistogram& live, int filters, int pairs) {
  const double all = std::accumulate(live.begin(), live.end(), 0.0);
  double mean = 1, within = 0;  // no vector takes less than a cycle
  for (std::size_t z = 0, next = std::size_t(pairs); z < live.size(); ++z) {
    within += live[z];
    if (z < next) continue;
    next += std::size_t(pairs);
    if (within <= 0)
      mean += 1;
    else if (within < all)
      mean += 1 - whole_power(within / all, filters);
  }
  return mean;
}

double lock_step_cycles(const std::vector<LiveHistogram>& live, int pairs) {
  std::vector<double> all_done;
  for (const LiveHistogram& filter_live : live) {
    const std::vector<double> within = shares_within(filter_live, pairs);
    all_done.resize(std::max(all_done.size(), within.size()), all_done.empty() ? 1.0 : all_done.back());
    for (std::size_t t = 0; t < all_done.size(); ++t) all_done[t] *= within[std::min(t, within.size() - 1)];
  }
  double mean = 0;
  for (const double share : all_done) mean += 1 - share;
  return mean;
}

std::int64_t lock_step_cycles_of(const std::vector<int>& live, int filters, int group, int pairs) {
  std::int64_t cycles = 0;
  for (std::size_t vector = 0; vector < live.size(); vector += std::size_t(filters)) {
    for (int first = 0; first < filters; first += group) {
      const auto begin = live.begin() + std::ptrdiff_t(vector) + first;
      cycles += cycles_of(*std::max_element(begin, begin + std::min(group, filters - first)), pairs);
    }
  }
  return cycles;
}

}  // namespace sluice
