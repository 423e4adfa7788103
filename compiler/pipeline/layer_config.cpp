// SPDX-License-Identifier: Apache-2.0
// The rules for LayerConfig, each with its sentence.
#include "compiler/pipeline/layer_config.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {
namespace {

std::string divisors_text(int of) {
  std::string text;
  for (int d = 1; d <= std::min(of, kMostLanes); ++d) {
    if (of % d == 0) text += (text.empty() ? "" : ", ") + std::to_string(d);
  }
  return text;
}

class Rules {
 public:
  Rules(const IntegerNetwork& network, int index, const LayerConfig& config)
      : network_(network), layer_(network.layers[std::size_t(index)]), config_(config) {}

  Status check() const {
    for (const int number : {config_.filters, config_.lanes, config_.codes, config_.taps, config_.multipliers,
                             config_.copies, config_.pixels, config_.group, config_.tile_pixels}) {
      if (number < 0)
        return user_error("layer {}: {} is no parallelism; numbers from 0 (the default) are", layer_.name, number);
    }
    const auto& engines = convolution_engines();
    if (std::find(engines.begin(), engines.end(), config_.engine) == engines.end()) {
      return user_error("layer {}: {} is no engine of convolutions", layer_.name, to_text(config_.engine));
    }
    SLUICE_CHECK(check_group());
    const bool has_engine = layer_.kind == LayerKind::conv || layer_.kind == LayerKind::depthwise;
    SLUICE_CHECK(has_engine ? check_window() : check_plain());
    SLUICE_CHECK(check_lanes());
    return check_requantisers();
  }

 private:
  bool is_pair_sparse() const {
    return layer_.kind == LayerKind::conv && config_.engine == KernelKind::conv_pair_sparse;
  }

  // G and P of the engines that have them.
  Status check_group() const {
    const bool is_conv = layer_.kind == LayerKind::conv;
    if (config_.group != 0 && !(is_conv && config_.engine == KernelKind::conv_grouped_prefix)) {
      return user_error("layer {}: G = {}, but only a grouped-prefix engine groups filters; leave it 0", layer_.name,
                        config_.group);
    }
    if (config_.group != 0 && config_.group != 2 && config_.group != 4 && config_.group != 8) {
      return user_error("layer {}: G = {}; 2, 4 and 8 are possible", layer_.name, config_.group);
    }
    if (config_.group != 0 && layer_.output.channels % (config_.group * std::max(1, config_.filters)) != 0) {
      return user_error("layer {}: G = {} and O = {} must together divide the {} filters", layer_.name, config_.group,
                        std::max(1, config_.filters), layer_.output.channels);
    }
    if (config_.tile_pixels == 0) return ok();
    if (!is_conv || config_.engine != KernelKind::conv_weight_sparse) {
      return user_error("layer {}: P = {} pixels a tile, but only a weight-sparse engine has tiles; leave it 0",
                        layer_.name, config_.tile_pixels);
    }
    if (config_.tile_pixels > kMostTilePixels) {
      return user_error("layer {}: P = {} pixels a tile; at most {} are possible", layer_.name, config_.tile_pixels,
                        kMostTilePixels);
    }
    const std::int64_t own = layer_.output.pixels() / std::max(1, config_.copies);
    if (config_.tile_pixels <= own) return ok();
    return user_error("layer {}: P = {} pixels a tile, a copy has {}", layer_.name, config_.tile_pixels, own);
  }

  // Engines that look through a beat for codes that count.
  static bool scans(KernelKind engine) {
    return engine == KernelKind::conv_activation_sparse || engine == KernelKind::conv_grouped_prefix;
  }

  // Engines whose weights have a place in the window count its beats channel by channel.
  bool needs_single_taps() const {
    return layer_.kind == LayerKind::conv &&
           (scans(config_.engine) || config_.engine == KernelKind::conv_weight_sparse);
  }

  Status divides(const char* letter, int number, int whole, const char* what) const {
    if (number == 0 || (whole % number == 0 && number <= kMostLanes)) return ok();
    return user_error("layer {}: {} = {} must divide the {} {}; possible are {}", layer_.name, letter, number, whole,
                      what, divisors_text(whole));
  }

  // O of every layer.
  Status check_lanes() const {
    if (layer_.kind != LayerKind::concat)
      return divides("O", config_.filters, layer_.output.channels, "output channels");
    return divides("O", config_.filters, std::gcd(layer_.operand(0).channels, layer_.operand(1).channels),
                   "channels common to both operands");
  }

  // L, once O is known to divide the filters.
  Status check_requantisers() const {
    if (config_.lanes == 0) return ok();
    if (layer_.kind != LayerKind::conv) {
      return user_error("layer {}: L = {}, but only a convolution shares its requantisers; leave it 0", layer_.name,
                        config_.lanes);
    }
    return divides("L", config_.lanes, with_defaults(layer_, config_).filters, "filters computed at once (O)");
  }

  // Layers without multipliers for weights have nothing but lanes.
  Status check_plain() const {
    if (config_.codes == 0 && config_.taps == 0 && config_.multipliers == 0 && config_.copies <= 1 &&
        config_.pixels <= 1)
      return ok();
    return user_error("layer {}: {} has lanes (O) only; leave M, taps, N, E and P 0", layer_.name,
                      to_text(layer_.kind));
  }

  Status check_window() const {
    const bool is_by_taps = is_pair_sparse() && layer_.window.taps() > 1;
    const int taps = std::max(1, config_.taps);
    if (is_by_taps && config_.taps != 0 && config_.taps != layer_.window.taps()) {
      return user_error("layer {}: taps = {}; a pair-sparse vector has all {} taps", layer_.name, config_.taps,
                        layer_.window.taps());
    }
    if (taps != 1 && taps != layer_.window.kernel_w && taps != layer_.window.taps()) {
      return user_error("layer {}: taps = {}; 1, a kernel row ({}) and the whole kernel ({}) are possible", layer_.name,
                        taps, layer_.window.kernel_w, layer_.window.taps());
    }
    if (needs_single_taps() && taps != 1) {
      return user_error("layer {}: taps = {}; {} engines take one tap a beat", layer_.name, taps,
                        to_text(config_.engine));
    }
    if (is_by_taps) {
      if (config_.codes != 0 && config_.codes != layer_.window.taps()) {
        return user_error("layer {}: M = {}; a pair-sparse vector is the {} taps of a channel", layer_.name,
                          config_.codes, layer_.window.taps());
      }
    } else {
      SLUICE_CHECK(check_codes(taps));
    }
    SLUICE_CHECK(check_multipliers(is_by_taps));
    const std::int64_t pixels = layer_.output.pixels();
    if (config_.copies > pixels) {
      return user_error("layer {}: E = {} copies for {} output pixels; at most one copy a pixel", layer_.name,
                        config_.copies, pixels);
    }
    return check_pixels(is_by_taps, taps);
  }

  Status check_codes(int taps) const {
    if (config_.codes == 0) return ok();
    if (config_.codes % taps != 0 || config_.codes > kMostLanes) {
      return user_error("layer {}: M = {} must be a multiple of the {} taps at once, and at most {}", layer_.name,
                        config_.codes, taps, kMostLanes);
    }
    if (layer_.kind == LayerKind::conv && scans(config_.engine) && config_.codes > kMostScannedLanes) {
      return user_error("layer {}: M = {}; {} engines look through at most {} codes at once", layer_.name,
                        config_.codes, to_text(config_.engine), kMostScannedLanes);
    }
    if (layer_.kind == LayerKind::conv && config_.engine == KernelKind::conv_weight_sparse &&
        config_.codes >= kMostLanes) {
      return user_error("layer {}: M = {}; a weight-sparse engine needs a lane for marks, so at most {}", layer_.name,
                        config_.codes, kMostLanes - 1);
    }
    SLUICE_CHECK(divides(taps == 1 ? "M" : "M / taps", config_.codes / taps, layer_.input.channels, "input channels"));
    if (layer_.kind == LayerKind::depthwise && config_.filters != 0 && config_.codes != config_.filters * taps) {
      return user_error("layer {}: M = {}; a depthwise layer takes O * taps = {} codes", layer_.name, config_.codes,
                        config_.filters * taps);
    }
    return ok();
  }

  Status check_multipliers(bool is_by_taps) const {
    if (config_.multipliers == 0) return ok();
    if (!is_pair_sparse())
      return user_error("layer {}: N = {}, but only a pair-sparse engine has N; leave it 0", layer_.name,
                        config_.multipliers);
    const std::int64_t lanes = is_by_taps ? layer_.window.taps() : config_.codes;
    if (lanes == 0)
      return user_error("layer {}: N = {} needs M: a divisor of the {} input channels", layer_.name,
                        config_.multipliers, layer_.input.channels);
    if (config_.multipliers > lanes)
      return user_error("layer {}: N = {} is more than the M = {} pairs that enter", layer_.name, config_.multipliers,
                        lanes);
    return ok();
  }

  Status check_pixels(bool is_by_taps, int taps) const {
    const int pixels = config_.pixels, channels = layer_.input.channels;
    if (pixels <= 1) return ok();
    const auto reads = std::count_if(network_.layers.begin(), network_.layers.end(), [](const Layer& other) {
      return std::count(other.inputs.begin(), other.inputs.end(), kNetworkInput) > 0;
    });
    if (layer_.inputs[0] != kNetworkInput || reads != 1) {
      return user_error(
          "layer {}: P = {} pixels a beat come from the source only, to the one layer that reads the network's input",
          layer_.name, pixels);
    }
    if (is_by_taps)
      return user_error(
          "layer {}: P = {}, but a pair-sparse engine takes a pixel a beat; choose dense or activation-sparse",
          layer_.name, pixels);
    SLUICE_CHECK(divides("P", pixels, layer_.input.width, "pixels of a row"));
    if (pixels * channels > kMostLanes) {
      return user_error("layer {}: P = {} pixels of {} channels are more than the {} codes a beat can hold",
                        layer_.name, pixels, channels, kMostLanes);
    }
    if (config_.codes != 0 && config_.codes != channels * taps) {
      return user_error("layer {}: with P = {} the window takes all {} channels at once: M must be {} or 0",
                        layer_.name, pixels, channels, channels * taps);
    }
    if (layer_.kind == LayerKind::depthwise && config_.filters != 0 && config_.filters != channels) {
      return user_error("layer {}: with P = {} the window takes all {} channels at once: O must be {} or 0",
                        layer_.name, pixels, channels, channels);
    }
    return ok();
  }

  const IntegerNetwork& network_;
  const Layer& layer_;
  const LayerConfig& config_;
};

}  // namespace

int lanes_for(int channels) {
  for (int lanes = std::min(channels, kMaxLanes); lanes > 1; --lanes) {
    if (channels % lanes == 0) return lanes;
  }
  return 1;
}

LayerConfig with_defaults(const Layer& layer, LayerConfig config) {
  if (layer.kind != LayerKind::conv) return config;
  const int filters = layer.output.channels;
  if (config.engine == KernelKind::conv_grouped_prefix && config.group == 0) {
    for (const int g : {2, 4, 8}) {
      const bool leaves_enough = config.filters > 0 || lanes_for(filters / g) >= 4 || g == 2;
      if (filters % (g * std::max(1, config.filters)) == 0 && leaves_enough) config.group = g;
    }
    if (config.group == 0) config.engine = KernelKind::conv_activation_sparse;
  }
  if (config.filters == 0)
    config.filters = lanes_for(config.engine == KernelKind::conv_grouped_prefix ? filters / config.group : filters);
  if (config.lanes == 0) config.lanes = config.filters;
  if (config.engine == KernelKind::conv_weight_sparse && config.tile_pixels == 0) {
    const std::int64_t own = layer.output.pixels() / std::max(1, config.copies);
    config.tile_pixels = static_cast<int>(std::min<std::int64_t>(kTilePixels, own));
  }
  return config;
}

bool takes_window(KernelKind engine, std::int64_t codes, std::int64_t taps) {
  switch (engine) {
    case KernelKind::conv_weight_sparse:
      return codes <= kMostWeightPlaces;
    case KernelKind::conv_pair_sparse:
      return taps <= kMostLanes;
    default:
      return true;
  }
}

LayerConfigs uniform_engines(const IntegerNetwork& network, KernelKind engine) {
  LayerConfigs configs(network.layers.size());
  bool is_first = true;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (layer.kind != LayerKind::conv) continue;
    const bool has_one_pixel = layer.input.height == 1 && layer.input.width == 1;
    const std::int64_t taps = layer.window.taps();
    const bool is_possible = takes_window(engine, taps * layer.input.channels, taps);
    if (!is_first && !has_one_pixel && is_possible) configs[i].engine = engine;
    is_first = false;
  }
  return configs;
}

Status check_layer_config(const IntegerNetwork& network, int layer, const LayerConfig& config) {
  return Rules(network, layer, config).check();
}

}  // namespace sluice
