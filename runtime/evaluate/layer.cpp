// SPDX-License-Identifier: Apache-2.0
// The layer kinds that are small work: joins and pools; and who prepares what.
#include "runtime/evaluate/layer.hpp"

#include <algorithm>
#include <limits>

#include "runtime/evaluate/convolution_layers.hpp"
#include "runtime/evaluate/scratch.hpp"

namespace sluice::evaluate {
namespace {

// Channels of an output pixel, rounded up to whole vectors.
std::size_t lanes(const Layer& layer, const Kernels& kernels) {
  const auto vector = std::size_t(kernels.words.lanes);
  return (std::size_t(layer.output.channels) + vector - 1) / vector * vector;
}

class AdditionLayer final : public PreparedLayer {
 public:
  AdditionLayer(const Layer& layer, const Kernels& kernels)
      : kernels_(kernels), numbers_{layer.output.size(), layer.multiplier[0], layer.multiplier[1],
                                    layer.shift,         layer.clamp_low,     layer.clamp_high} {}

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
      : layer_(layer),
        kernels_(kernels),
        requantise_(requantiser(std::max(1, layer.shift), layer.clamp_low, layer.clamp_high)),
        window_(layer.window) {
    if (layer.kind == LayerKind::global_average_pool) window_ = {layer.input.height, layer.input.width};
    if (layer.kind != LayerKind::max_pool)
      multipliers_.assign(lanes(layer, kernels), layer.multiplier[0] << requantise_.scale);
  }

  void run(const StoredMap& a, const StoredMap&, const StoredMap& out) const override {
    struct Sums;
    auto* sums = reinterpret_cast<std::int32_t*>(scratch<Sums>(lanes(layer_, kernels_) * sizeof(std::int32_t)));
    const bool is_maximum = layer_.kind == LayerKind::max_pool;
    const std::int64_t channels = layer_.output.channels;
    for (int oy = 0; oy < layer_.output.height; ++oy) {
      for (int ox = 0; ox < layer_.output.width; ++ox) {
        std::fill_n(sums, lanes(layer_, kernels_), is_maximum ? std::numeric_limits<std::int32_t>::min() : 0);
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
  const Layer& layer_;
  const Kernels& kernels_;
  Requantise requantise_;
  Window window_;
  std::vector<std::int32_t> multipliers_;
};

// Squeeze-excite: every channel of the map times its gate.
class ScaleLayer final : public PreparedLayer {
 public:
  ScaleLayer(const Layer& layer, const Kernels& kernels)
      : layer_(layer), kernels_(kernels), requantise_(requantiser(layer.shift, layer.clamp_low, layer.clamp_high)) {
    multipliers_.assign(lanes(layer, kernels), layer.multiplier[0] << requantise_.scale);
  }

  void run(const StoredMap& a, const StoredMap& b, const StoredMap& out) const override {
    struct Gates;
    struct Products;
    const std::size_t bytes = multipliers_.size() * sizeof(std::int32_t);
    auto* gates = reinterpret_cast<std::int32_t*>(scratch<Gates>(bytes));
    auto* products = reinterpret_cast<std::int32_t*>(scratch<Products>(bytes));
    const std::int64_t channels = layer_.output.channels;
    std::fill_n(products, multipliers_.size(), 0);
    kernels_.load(b.data, b.element, 0, channels, gates);
    for (std::int64_t first = 0; first < layer_.output.size(); first += channels) {
      kernels_.load(a.data, a.element, first, channels, products);
      for (std::int64_t c = 0; c < channels; ++c) products[c] *= gates[c];
      kernels_.requantise(products, multipliers_.data(), requantise_, channels, products);
      kernels_.store(products, channels, out.data, out.element, first);
    }
  }

 private:
  const Layer& layer_;
  const Kernels& kernels_;
  Requantise requantise_;
  std::vector<std::int32_t> multipliers_;
};

// Two maps of the same scale, the channels of one after those of the other.
class ConcatenationLayer final : public PreparedLayer {
 public:
  ConcatenationLayer(const Layer& layer, const Kernels& kernels) : layer_(layer), kernels_(kernels) {}

  void run(const StoredMap& a, const StoredMap& b, const StoredMap& out) const override {
    struct Pixel;
    auto* codes = reinterpret_cast<std::int32_t*>(scratch<Pixel>(lanes(layer_, kernels_) * sizeof(std::int32_t)));
    const std::int64_t of_a = layer_.operand(0).channels, of_b = layer_.operand(1).channels;
    const std::int64_t pixels = layer_.output.pixels();
    for (std::int64_t p = 0; p < pixels; ++p) {
      kernels_.load(a.data, a.element, p * of_a, of_a, codes);
      kernels_.store(codes, of_a, out.data, out.element, p * (of_a + of_b));
      kernels_.load(b.data, b.element, p * of_b, of_b, codes);
      kernels_.store(codes, of_b, out.data, out.element, p * (of_a + of_b) + of_a);
    }
  }

 private:
  const Layer& layer_;
  const Kernels& kernels_;
};

}  // namespace

Element element_of(int bits, const Kernels& kernels) {
  return kernels.has_bytes && bits <= 8 ? Element::byte : Element::word;
}

Element output_element(const Layer& layer, Element input, const Kernels& kernels) {
  return requantises(layer.kind) ? element_of(layer.output_bits, kernels) : input;
}

Element made_element(const Layer& layer, Element input, const Kernels& kernels) {
  return layer.curve.kind == CurveKind::none ? output_element(layer, input, kernels) : Element::word;
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
    case LayerKind::scale:
      return std::make_shared<ScaleLayer>(layer, kernels);
    case LayerKind::concat:
      return std::make_shared<ConcatenationLayer>(layer, kernels);
  }
  return nullptr;
}

}  // namespace sluice::evaluate
