// SPDX-License-Identifier: Apache-2.0
// See bracket.hpp.
#include "compiler/dse/bracket.hpp"

#include <bit>
#include <cstdint>

namespace sluice {
namespace {

constexpr int kRounds = 3;
constexpr int kClassBits = 4;  // sixteen classes an octave
constexpr int kOctaves = 36;
constexpr std::size_t kClasses = std::size_t{kOctaves} << kClassBits;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// From the exponent and the first bits of the fraction of a double that is at least 1.
std::size_t class_of(double cycles) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(cycles) - std::bit_cast<std::uint64_t>(1.0);
  return std::min<std::size_t>(kClasses - 1, bits >> (52 - kClassBits));
}

// The least cycles of a class.
double edge_of(std::size_t number) {
  return std::bit_cast<double>((std::uint64_t{number} << (52 - kClassBits)) + std::bit_cast<std::uint64_t>(1.0));
}

struct Cheapest {
  double price = kInfinite, cycles = 0;
  std::size_t way = 0;
  int copies = 1;
};

// The cheapest candidate with at most the cycles of each class.
void classify(const LayerTable& layer, const Shares& weights, std::vector<Cheapest>* classes) {
  classes->assign(kClasses, {});
  LayerTable::Prices prices{};
  std::size_t of_way = ~std::size_t{0};
  layer.for_each([&](std::size_t way, int copies, double cycles) {
    if (way != of_way) of_way = way, prices = layer.prices(way, weights);
    const double price = copies == 1 ? prices.single : prices.dealt + prices.per_copy * copies;
    Cheapest& best = (*classes)[class_of(cycles)];
    if (price < best.price) best = {price, cycles, way, copies};
  });
  for (std::size_t c = 1; c < kClasses; ++c) {
    if ((*classes)[c - 1].price <= (*classes)[c].price) (*classes)[c] = (*classes)[c - 1];
  }
}

// The first class in which the cheapest candidates of all layers cost no more: prices fall as classes rise.
std::size_t first_affordable(const std::vector<std::vector<Cheapest>>& classes, double affordable) {
  std::size_t low = 0, high = kClasses;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    double price = 0;
    for (const auto& layer_classes : classes) price += layer_classes[middle].price;
    if (price > affordable)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace

void update_prices(const Shares& full, int round, Shares* weights) {
  const double pace = 2.0 / (1 + round * 0.5), most = std::max(1e-9, fullest(full));
  for (std::size_t r = 0; r < kLimits; ++r) (*weights)[r] *= std::exp(pace * (full[r] / most - 1) * 2);
}

Bracket bracket(const std::vector<LayerTable>& layers, const Shares& taken, const Shares& start) {
  Bracket found{0, kInfinite, start};
  std::vector<std::vector<Cheapest>> classes(layers.size());
  for (int round = 0; round < kRounds; ++round) {
    const Shares& weights = found.weights;
    for (std::size_t l = 0; l < layers.size(); ++l) classify(layers[l], weights, &classes[l]);
    double all = 0;
    for (const double weight : weights) all += weight;
    const double affordable = all * (1 + 1e-9) - priced(taken, weights);
    Shares at_edge = taken;
    std::size_t low = 0, high = kClasses;  // classes below `low` hold no design that fits under these prices
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      Shares sum = taken;
      double price = 0, interval = 0;
      for (const auto& layer_classes : classes) {
        const Cheapest& best = layer_classes[middle];
        price += best.price;
        if (best.price == kInfinite) break;
        const Shares shares = layers[std::size_t(&layer_classes - classes.data())].shares(best.way, best.copies);
        for (std::size_t r = 0; r < kLimits; ++r) sum[r] += shares[r];
        interval = std::max(interval, best.cycles);
      }
      if (price == kInfinite) {
        low = middle + 1;
        continue;
      }
      at_edge = sum;
      if (fullest(sum) <= 1)
        high = middle, found.high = std::min(found.high, interval);
      else
        low = middle + 1;
    }
    found.low = std::max(found.low, edge_of(first_affordable(classes, affordable)));
    update_prices(at_edge, round, &found.weights);
  }
  return found;
}

}  // namespace sluice
