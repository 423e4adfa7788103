// SPDX-License-Identifier: Apache-2.0
// The convolution of FastNetwork; every other layer kind takes little time and uses the plain reference's functions.
#include "runtime/reference/fast_network.hpp"

#include <algorithm>
#include <cstdlib>

#include "device/contract/numbers.h"
#include "runtime/reference/reference_layer.hpp"

namespace sluice {
namespace {

#if defined(__x86_64__)
#define SLUICE_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SLUICE_VECTOR_CLONES
#endif

// sums[f] += code * weights[f]: the loop nearly all the time is spent in.
SLUICE_VECTOR_CLONES
void accumulate(std::int32_t* sums, const std::int16_t* weights, std::int32_t code, int filters) {
  for (int f = 0; f < filters; ++f) sums[f] += code * weights[f];
}

Map convolve(const Layer& layer, const Map& in, const std::vector<std::int16_t>& weights, int threshold) {
  const Window& w = layer.window;
  const int channels = layer.input.channels, filters = layer.output.channels;
  Map out(std::size_t(layer.output.size()));
  std::vector<std::int32_t> sums(filters);
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      std::copy(layer.bias.begin(), layer.bias.end(), sums.begin());
      for (int ky = 0; ky < w.kernel_h; ++ky) {
        const int y = oy * w.stride_h - w.pad_top + ky;
        if (y < 0 || y >= layer.input.height) continue;
        for (int kx = 0; kx < w.kernel_w; ++kx) {
          const int x = ox * w.stride_w - w.pad_left + kx;
          if (x < 0 || x >= layer.input.width) continue;
          const std::int32_t* pixel = in.data() + (std::size_t(y) * layer.input.width + x) * channels;
          const std::int16_t* rows = weights.data() + (std::size_t(ky) * w.kernel_w + kx) * channels * filters;
          for (int c = 0; c < channels; ++c) {
            if (pixel[c] == 0 || std::abs(pixel[c]) < threshold) continue;
            accumulate(sums.data(), rows + std::size_t(c) * filters, pixel[c], filters);
          }
        }
      }
      std::int32_t* codes = out.data() + (std::size_t(oy) * layer.output.width + ox) * filters;
      for (int f = 0; f < filters; ++f) {
        codes[f] = behind_curve(layer, sluice_requantise(sums[f], layer.multiplier[f], layer.shift, layer.clamp_low, layer.clamp_high));
      }
    }
  }
  return out;
}

}  // namespace

FastNetwork::FastNetwork(const IntegerNetwork& network, const std::vector<Thresholds>& thresholds)
    : network_(network), thresholds_(thresholds), weights_(network.layers.size()) {
  if (thresholds_.empty()) thresholds_.resize(network.layers.size());
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (layer.kind != LayerKind::conv) continue;
    const auto filters = std::size_t(layer.output.channels), per_filter = layer.weights.size() / filters;
    weights_[i].resize(layer.weights.size());
    for (std::size_t f = 0; f < filters; ++f) {
      for (std::size_t at = 0; at < per_filter; ++at) {
        const std::int16_t weight = layer.weights[f * per_filter + at];
        weights_[i][at * filters + f] = std::abs(weight) < thresholds_[i].weight ? std::int16_t{0} : weight;
      }
    }
  }
}

std::vector<Map> FastNetwork::run(const std::vector<std::int16_t>& codes) const {
  const Map input(codes.begin(), codes.end());
  std::vector<Map> maps;
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Layer& layer = network_.layers[i];
    const auto map_of = [&](int source) -> const Map& { return source == kNetworkInput ? input : maps[std::size_t(source)]; };
    if (layer.kind == LayerKind::conv) maps.push_back(convolve(layer, map_of(layer.inputs[0]), weights_[i], thresholds_[i].activation));
    else maps.push_back(reference_layer(layer, map_of(layer.inputs[0]), map_of(layer.inputs.back()), {}));
  }
  return maps;
}

}  // namespace sluice
