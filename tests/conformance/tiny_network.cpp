// SPDX-License-Identifier: Apache-2.0
// Builds the network of tiny_network.hpp.
#include "tests/conformance/tiny_network.hpp"

namespace sluice {
namespace {

// The minimal standard generator of Park and Miller; its sequence is the same everywhere.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : state_(seed % 2147483646 + 1) {}
  int between(int low, int high) {
    state_ = state_ * 48271 % 2147483647;
    return low + static_cast<int>(state_ / 7 % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::uint64_t state_;
};

Layer convolution(const char* name, int input, MapShape from, MapShape to, int kernel, Sequence& random) {
  Layer layer;
  layer.name = layer.origin = name;
  layer.kind = LayerKind::conv;
  layer.inputs = {input};
  layer.input = from;
  layer.output = to;
  layer.window.kernel_h = layer.window.kernel_w = kernel;
  layer.window.pad_top = layer.window.pad_left = layer.window.pad_bottom = layer.window.pad_right = kernel / 2;
  for (int i = 0; i < kernel * kernel * from.channels * to.channels; ++i) {
    layer.weights.push_back(static_cast<std::int16_t>(random.between(-127, 127)));
  }
  for (int f = 0; f < to.channels; ++f) {
    layer.bias.push_back(random.between(-2000, 2000));
    layer.multiplier.push_back(static_cast<std::uint16_t>(random.between(30000, 60000)));
  }
  return layer;
}

Layer pool(const char* name, LayerKind kind, int input, MapShape from, MapShape to) {
  Layer layer;
  layer.name = layer.origin = name;
  layer.kind = kind;
  layer.inputs = {input};
  layer.input = from;
  layer.output = to;
  layer.clamp_low = -127;
  layer.clamp_high = 127;
  return layer;
}

}  // namespace

IntegerNetwork tiny_network() {
  Sequence random(5);
  IntegerNetwork network;
  network.name = "tiny";
  network.input = {8, 8, 3};
  network.input_scale = 1.0;
  network.preprocess = {0, false, {128, 128, 128}, {1, 1, 1}};

  Layer first = convolution("l00_conv", kNetworkInput, network.input, {8, 8, 4}, 3, random);
  first.shift = 25;  // sums reach about 27 * 50 * 64
  first.clamp_low = 0;
  first.clamp_high = 127;

  Layer maximum = pool("l01_max", LayerKind::max_pool, 0, {8, 8, 4}, {4, 4, 4});
  maximum.window = {2, 2, 2, 2, 0, 0, 0, 0};

  Layer average = pool("l02_average", LayerKind::global_average_pool, 1, {4, 4, 4}, {1, 1, 4});
  average.multiplier = {32768};  // 1 / 16 = 32768 / 2^19
  average.shift = 19;

  Layer last = convolution("l03_scores", 2, {1, 1, 4}, {1, 1, 10}, 1, random);
  last.shift = 17;
  last.clamp_low = -32767;
  last.clamp_high = 32767;
  last.output_bits = 16;

  network.layers = {first, maximum, average, last};
  return network;
}

std::vector<std::int16_t> tiny_codes(std::uint64_t number) {
  Sequence random(number * 7919 + 3);
  std::vector<std::int16_t> codes(8 * 8 * 3);
  for (auto& code : codes) code = static_cast<std::int16_t>(random.between(-127, 127));
  return codes;
}

}  // namespace sluice
