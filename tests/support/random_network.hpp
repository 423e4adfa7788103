// SPDX-License-Identifier: Apache-2.0
// Random integer networks and inputs for property tests. Same seed, same network.
//
// Shapes are small but awkward on purpose: odd sizes, strides that leave pixels over, asymmetric padding, channel
// counts that are prime, residual blocks with and without a convolution in the shortcut, squeeze-excite inside of them,
// fire modules and wider concatenations whose beats differ in width, curves, pools with ceil_mode.
#pragma once

#include <cstdint>
#include <random>

#include "runtime/bundle/network.hpp"

namespace sluice::test {

using Random = std::mt19937_64;

// A window that keeps the map's size.
inline constexpr Window kSame3x3{3, 3, 1, 1, 1, 1, 1, 1};

// A chain of `blocks` random layers or residual blocks, a global pool and a classifier.
IntegerNetwork random_network(Random& random, int blocks, int bits = 8);

// Builds one layer at a time; used by random_network and by tests that need a certain shape.
class NetworkMaker {
 public:
  NetworkMaker(Random& random, MapShape input, int bits = 8);

  // Each returns the index of the new layer, reading `source` (default: the last layer).
  int conv(int filters, Window window, int source);
  int depthwise(Window window, int source);
  int pool(LayerKind kind, Window window, int source, bool is_ceil = false);
  int global_pool(int source);
  int add(int a, int b);
  int scale(int map, int gates);
  int concat(int a, int b);
  int squeeze_excite(int map, int squeezed);                // averages, two small layers, scale
  int fire(int squeezed, int left, int right, int source);  // 1x1, then 1x1 next to 3x3, joined
  void add_curve(int layer);
  void widen(int layer);  // 16 bits in an 8-bit network; before anything reads it
  int last() const { return static_cast<int>(network_.layers.size()) - 1; }
  const MapShape& shape_of(int source) const { return source < 0 ? network_.input : network_.layers[source].output; }
  int uniform(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  IntegerNetwork finish(int classes);  // global pool if needed, classifier with 16-bit scores

 private:
  Layer& append(LayerKind kind, int source, const MapShape& output, const Window& window);
  void requantise(Layer& layer, std::size_t multipliers, int fan_in);
  void prove_sums(Layer& layer, const std::vector<std::int64_t>& weight_sums);

  Random& random_;
  IntegerNetwork network_;
};

std::vector<std::int16_t> random_codes(Random& random, const IntegerNetwork& network);

}  // namespace sluice::test
