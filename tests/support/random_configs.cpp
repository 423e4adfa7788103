// SPDX-License-Identifier: Apache-2.0
// Draws one config a layer (see random_configs.hpp).
#include "tests/support/random_configs.hpp"

#include <algorithm>
#include <numeric>

namespace sluice::test {
namespace {

constexpr int kWidest = 24;  // lanes

int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

int pick_of(Random& random, const std::vector<int>& values) {
  return values[std::size_t(pick(random, 0, static_cast<int>(values.size()) - 1))];
}

int divisor(Random& random, int of) {
  std::vector<int> all;
  for (int d = 1; d <= std::min(of, kWidest); ++d) {
    if (of % d == 0) all.push_back(d);
  }
  return pick_of(random, all);
}

int pixels_per_beat(Random& random, const IntegerNetwork& network, const Layer& layer) {
  const auto reads = std::count_if(network.layers.begin(), network.layers.end(), [](const Layer& other) {
    return std::count(other.inputs.begin(), other.inputs.end(), kNetworkInput) > 0;
  });
  std::vector<int> possible;
  for (const int pixels : {1, 2, 4}) {
    if (pixels == 1 || (reads == 1 && layer.inputs[0] == kNetworkInput && layer.input.width % pixels == 0))
      possible.push_back(pixels);
  }
  return possible.back() == 1 ? 1 : pick_of(random, {possible.begin() + 1, possible.end()});
}

LayerConfig of_window(Random& random, const IntegerNetwork& network, const Layer& layer) {
  LayerConfig config;
  const int row = layer.window.kernel_w, all = layer.window.kernel_h * row;
  if (layer.kind == LayerKind::conv) config.engine = convolution_engines()[std::size_t(pick(random, 0, 4))];
  const bool is_pair_sparse = config.engine == KernelKind::conv_pair_sparse, is_by_taps = is_pair_sparse && all > 1;
  config.copies = std::min(pick(random, 1, 3), layer.output.height * layer.output.width);
  if (is_by_taps) {
    config.filters = pick(random, 0, 1) * divisor(random, layer.output.channels);
    config.multipliers = pick(random, 0, all);
    return config;
  }
  config.pixels = pixels_per_beat(random, network, layer);
  // Engines whose weights have a place in the window take one tap a beat.
  const bool has_places = config.engine == KernelKind::conv_weight_sparse ||
                          config.engine == KernelKind::conv_grouped_prefix ||
                          config.engine == KernelKind::conv_activation_sparse;
  config.taps = has_places ? 1 : pick_of(random, {1, row, all});
  const int lanes = config.pixels > 1 ? layer.input.channels : divisor(random, layer.input.channels);
  if (lanes * config.taps > kMostLanes) config.taps = 1;
  if (pick(random, 0, 2) > 0 || config.taps > 1) config.codes = lanes * config.taps;
  config.filters = pick(random, 0, 1) * divisor(random, layer.output.channels);
  if (config.engine == KernelKind::conv_grouped_prefix && layer.output.channels % 4 == 0 && pick(random, 0, 1) == 1) {
    config.group = pick_of(random, {2, 4});
    config.filters = divisor(random, layer.output.channels / config.group);
  } else if (config.engine == KernelKind::conv_grouped_prefix) {
    config.filters = 0;
  }
  if (config.engine == KernelKind::conv_weight_sparse)
    config.tile_pixels = pick(random, 0, std::min(9, layer.output.height * layer.output.width / config.copies));
  if (layer.kind == LayerKind::depthwise) config.filters = config.codes / config.taps;
  if (is_pair_sparse && config.codes > 0) config.multipliers = pick(random, 0, config.codes);
  return config;
}

}  // namespace

LayerConfigs random_configs(Random& random, const IntegerNetwork& network) {
  LayerConfigs configs;
  for (const Layer& layer : network.layers) {
    LayerConfig config;
    if (layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise) {
      config = of_window(random, network, layer);
      if (layer.kind == LayerKind::conv && pick(random, 0, 1) == 1)
        config.lanes = divisor(random, with_defaults(layer, config).filters);
    } else if (pick(random, 0, 1) == 1) {
      const int channels = layer.kind == LayerKind::concat
                               ? std::gcd(layer.operand(0).channels, layer.operand(1).channels)
                               : layer.output.channels;
      config.filters = divisor(random, channels);
    }
    configs.push_back(config);
  }
  return configs;
}

}  // namespace sluice::test
