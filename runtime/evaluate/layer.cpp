// SPDX-License-Identifier: Apache-2.0
// The layer kinds that are small work: additions and pools; the fallback; and who prepares what.
#include "runtime/evaluate/layer.hpp"

#include <algorithm>
#include <limits>

#include "runtime/evaluate/convolution_layers.hpp"
#include "runtime/evaluate/scratch.hpp"
#include "runtime/reference/reference_layer.hpp"

namespace sluice::evaluate {
namespace {

class AdditionLayer final : public PreparedLayer {
 public:
  AdditionLayer(const Layer& layer, const Kernels& kernels)
      : kernels_(kernels),
        numbers_{layer.output.size(), layer.multiplier[0], layer.multiplier[1], layer.shift, layer.clamp_low, layer.clamp_high} {}

  void run(const StoredMap& a, const StoredMap& b, const StoredMap& out) const override {
    kernels_.add(numbers_, a.data, a.element, b.data, b.element, out.data, out.element);
  }

 private:
  const Kernels& kernels_;
  Addition numbers_;
};

// All pools: a row of channels is summed, or its maximum taken, over a window; the whole map is a window, too.
class PoolLayer final : public PreparedLayer {
 public:
  PoolLayer(const Layer& layer, const Kernels& kernels)
      : layer_(layer), kernels_(kernels), requantise_(requantiser(std::max(1, layer.shift), layer.clamp_low, layer.clamp_high)), window_(layer.window) {
    if (layer.kind == LayerKind::global_average_pool) window_ = {layer.input.height, layer.input.width};
    if (layer.kind != LayerKind::max_pool) multipliers_.assign(lanes(), layer.multiplier[0] << requantise_.scale);
  }

  void run(const StoredMap& a, const StoredMap&, const StoredMap& out) const override {
    struct Sums;
    auto* sums = reinterpret_cast<std::int32_t*>(scratch<Sums>(lanes() * sizeof(std::int32_t)));
    const bool is_maximum = layer_.kind == LayerKind::max_pool;
    const std::int64_t channels = layer_.output.channels;
    for (int oy = 0; oy < layer_.output.height; ++oy) {
      for (int ox = 0; ox < layer_.output.width; ++ox) {
        std::fill_n(sums, lanes(), is_maximum ? std::numeric_limits<std::int32_t>::min() : 0);
        const int y0 = oy * window_.stride_h - window_.pad_top, x0 = ox * window_.stride_w - window_.pad_left;
        for (int y = std::max(0, y0); y < std::min(layer_.input.height, y0 + window_.kernel_h); ++y) {
          for (int x = std::max(0, x0); x < std::min(layer_.input.width, x0 + window_.kernel_w); ++x) {
            const std::int64_t first = (std::int64_t{y} * layer_.input.width + x) * channels;
            (is_maximum ? kernels_.maximise : kernels_.accumulate)(a.data, a.element, first, channels, sums);
          }
        }
        if (!is_maximum) kernels_.requantise(sums, multipliers_.data(), requantise_, channels, sums);
        kernels_.store(sums, channels, out.data, out.element, (std::int64_t{oy} * layer_.output.width + ox) * channels);
      }
    }
  }

 private:
  std::size_t lanes() const {
    const auto vector = std::size_t(kernels_.words.lanes);
    return (std::size_t(layer_.output.channels) + vector - 1) / vector * vector;
  }

  const Layer& layer_;
  const Kernels& kernels_;
  Requantise requantise_;
  Window window_;
  std::vector<std::int32_t> multipliers_;
};

class PlainLayer final : public PreparedLayer {
 public:
  PlainLayer(const Layer& layer, const Thresholds& thresholds, const Kernels& kernels)
      : layer_(layer), thresholds_(thresholds), kernels_(kernels) {}

  void run(const StoredMap& a, const StoredMap& b, const StoredMap& out) const override {
    const auto map_of = [&](const StoredMap& stored) {
      Map map(std::size_t(layer_.input.size()));
      kernels_.load(stored.data, stored.element, 0, layer_.input.size(), map.data());
      return map;
    };
    const Map codes = reference_layer(layer_, map_of(a), map_of(b), thresholds_);
    kernels_.store(codes.data(), std::ssize(codes), out.data, out.element, 0);
  }

 private:
  const Layer& layer_;
  Thresholds thresholds_;
  const Kernels& kernels_;
};

}  // namespace

Element element_of(int bits, const Kernels& kernels) { return kernels.has_bytes && bits <= 8 ? Element::byte : Element::word; }

Element output_element(const Layer& layer, Element input, const Kernels& kernels) {
  return layer.kind == LayerKind::max_pool ? input : element_of(layer.output_bits, kernels);
}

std::shared_ptr<const PreparedLayer> prepare_layer(const Layer& layer, Element input, const Thresholds& thresholds,
                                                   const Kernels& kernels, const PreparedLayer* before) {
  switch (layer.kind) {
    case LayerKind::conv:
      return prepare_convolution(layer, input, thresholds, kernels, before);
    case LayerKind::depthwise:
      return prepare_depthwise(layer, input, kernels);
    case LayerKind::add:
      return std::make_shared<AdditionLayer>(layer, kernels);
    case LayerKind::max_pool:
    case LayerKind::average_pool:
    case LayerKind::global_average_pool:
      return std::make_shared<PoolLayer>(layer, kernels);
    default:
      return std::make_shared<PlainLayer>(layer, Thresholds{}, kernels);
  }
}

}  // namespace sluice::evaluate
