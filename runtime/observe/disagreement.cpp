// SPDX-License-Identifier: Apache-2.0
// The exact bound, and the canaries it stands on (see disagreement.hpp).
#include "runtime/observe/disagreement.hpp"

#include <cmath>

namespace sluice {
namespace {

constexpr double kMissed = 0.05;
constexpr int kBits = 30;  // of a bound

// Chance of at most `found` among `count`, each with chance p in 0..1, both excluded.
double chance_of_at_most(std::uint64_t found, std::uint64_t count, double p) {
  constexpr double kLarge = 1e250;
  // Terms of the binomial distribution as multiples of the first one, which itself may be too small for a double.
  double log_scale = static_cast<double>(count) * std::log1p(-p), term = 1, sum = 1;
  for (std::uint64_t i = 0; i < found; ++i) {
    term *= static_cast<double>(count - i) / static_cast<double>(i + 1) * (p / (1 - p));
    sum += term;
    if (sum < kLarge) continue;
    term /= kLarge;
    sum /= kLarge;
    log_scale += std::log(kLarge);
  }
  return std::exp(log_scale + std::log(sum));
}

// SplitMix64's output function.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

}  // namespace

double upper_bound_95(std::uint64_t found, std::uint64_t count) {
  if (found >= count) return 1;
  constexpr std::uint64_t kOne = std::uint64_t{1} << kBits;
  std::uint64_t low = 0, high = kOne;  // the bound lies above low, and at most at high
  while (high - low > 1) {
    const std::uint64_t middle = (low + high) / 2;
    (chance_of_at_most(found, count, std::ldexp(double(middle), -kBits)) > kMissed ? low : high) = middle;
  }
  return std::ldexp(double(high), -kBits);
}

bool is_canary(std::uint64_t index, std::uint64_t period) {
  return period != 0 && index % period == mixed(index / period) % period;
}

void Disagreement::add(std::size_t row, std::uint64_t index, bool disagrees) {
  OfRow& of_row = rows_.at(row);
  of_row.seen.push_back({index, disagrees});
  of_row.found += disagrees;
  of_row.bound.reset();
}

void Disagreement::forget_before(std::uint64_t index) {
  for (OfRow& row : rows_) {
    while (!row.seen.empty() && (index - row.seen.front().index) / kWindowPeriods >= period_) {
      row.found -= row.seen.front().disagrees;
      row.seen.pop_front();
      row.bound.reset();
    }
  }
}

void Disagreement::restart() {
  for (OfRow& row : rows_) row = {};
}

std::optional<double> Disagreement::bound(std::size_t row) const {
  const OfRow& of_row = rows_.at(row);
  if (of_row.seen.size() < kLeastCanaries) return {};
  if (!of_row.bound) of_row.bound = upper_bound_95(of_row.found, of_row.seen.size());
  return of_row.bound;
}

}  // namespace sluice
