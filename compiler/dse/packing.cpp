// SPDX-License-Identifier: Apache-2.0
// See packing.hpp.
#include "compiler/dse/packing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sluice {
namespace {

constexpr int kRounds = 80;
constexpr double kPace = 2, kSlowing = 0.1;  // of the first round; how soon steps shrink
constexpr double kLeastPrice = 1e-4;         // of all prices together: what is cheap now may be short later
constexpr double kSure = 1 + 1e-9;

// The cheapest candidate of [begin, end).
std::size_t cheapest(std::span<const Candidate> all, std::size_t end, const Shares& weights, double* price) {
  std::size_t best = 0;
  *price = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < end; ++i) {
    const double asked = priced(all[i].shares, weights);
    if (asked < *price) *price = asked, best = i;
  }
  return best;
}

Shares exchanged(Shares sum, const Candidate& old, const Candidate& fresh) {
  for (std::size_t r = 0; r < kLimits; ++r) sum[r] += fresh.shares[r] - old.shares[r];
  return sum;
}

}  // namespace

double missing_shares(const Shares& sum) {
  double all = 0;
  for (const double share : sum) all += share > kFullShare ? share - 1 : 0;
  return all;
}

bool exchange_until_it_fits(std::span<const std::span<const Candidate>> layers, double below,
                            std::vector<std::size_t>* picks, Shares* sum) {
  for (std::size_t exchanges = 0; missing_shares(*sum) > 0; ++exchanges) {
    double least = missing_shares(*sum);
    std::size_t layer = layers.size(), pick = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const auto& all = layers[l];
      for (std::size_t i = 0; i < all.size() && all[i].cycles < below; ++i) {
        const double left = missing_shares(exchanged(*sum, all[(*picks)[l]], all[i]));
        if (left < least) least = left, layer = l, pick = i;
      }
    }
    if (layer == layers.size() || exchanges == layers.size()) return false;
    *sum = exchanged(*sum, layers[layer][(*picks)[layer]], layers[layer][pick]);
    (*picks)[layer] = pick;
  }
  return true;
}

Packing pack(std::span<const std::span<const Candidate>> layers, double interval, const Shares& taken, Shares weights) {
  std::vector<std::size_t> ends;
  for (const auto& all : layers) {
    ends.push_back(std::size_t(
        std::upper_bound(all.begin(), all.end(), interval, [](double i, const Candidate& c) { return i < c.cycles; }) -
        all.begin()));
    if (ends.back() == 0) return {.is_proven = true};
  }
  Packing best;
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> picks(layers.size());
  for (int round = 0; round < kRounds; ++round) {
    const double whole = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight = weight > 0 ? std::max(weight / whole, kLeastPrice) : 0;
    Shares sum = taken;
    double cost = priced(taken, weights);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      double price = 0;
      picks[l] = cheapest(layers[l], ends[l], weights, &price);
      cost += price;
      for (std::size_t r = 0; r < kLimits; ++r) sum[r] += layers[l][picks[l]].shares[r];
    }
    const double missing = missing_shares(sum);
    if (missing < least) least = missing, best = {picks, sum, weights, false};
    if (missing == 0) return best;
    if (cost > kSure * std::accumulate(weights.begin(), weights.end(), 0.0)) {
      best.is_proven = true;
      return best;
    }
    const double pace = kPace / (1 + kSlowing * round);
    for (std::size_t r = 0; r < kLimits; ++r) weights[r] *= std::exp(pace * std::clamp(sum[r] - 1, -1.0, 1.0));
  }
  return best;
}

}  // namespace sluice
