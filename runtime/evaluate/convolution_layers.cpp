// SPDX-License-Identifier: Apache-2.0
// Packing of weights into the layouts of kernels.hpp, and the operand of a convolution.
//
// The operand is the input map itself where nothing must be changed: no border, no threshold, the right form. Else it
// is copied into scratch memory, which stays in the cache: a copied code is used at least as often as there are
// filters.
#include "runtime/evaluate/convolution_layers.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "runtime/evaluate/scratch.hpp"

namespace sluice::evaluate {
namespace {

constexpr int round_up(int value, int step) { return (value + step - 1) / step * step; }

Element operand_element(const Layer& layer, Element input) {
  const auto is_byte = [](std::int16_t w) { return w >= -128 && w <= 127; };
  return input == Element::byte && std::all_of(layer.weights.begin(), layer.weights.end(), is_byte) ? Element::byte
                                                                                                    : Element::word;
}

Operand operand_of(const Layer& layer, Element input, int threshold) {
  const Window& w = layer.window;
  return {input,
          operand_element(layer, input),
          layer.input.height,
          layer.input.width,
          layer.input.channels,
          w.pad_top,
          w.pad_left,
          w.pad_bottom,
          w.pad_right,
          std::min(threshold, 0xFFFF)};
}

const void* prepared(const Operand& o, const StoredMap& in, const Kernels& kernels) {
  if (o.from == o.to && o.threshold <= 1 && o.top == 0 && o.left == 0 && o.bottom == 0 && o.right == 0) return in.data;
  struct Prepared;
  const auto pixels = std::size_t(o.height + o.top + o.bottom) * std::size_t(o.width + o.left + o.right);
  std::byte* to = scratch<Prepared>(pixels * std::size_t(o.channels) * size_of(o.to) + kSlack);
  kernels.prepare(o, in.data, to);
  return to;
}

// Element offset of every output pixel's window in the operand, filled up to whole tiles with the last one.
std::vector<std::int32_t> window_offsets(const Layer& layer, const Operand& o) {
  std::vector<std::int32_t> offsets;
  const int row = (o.width + o.left + o.right) * o.channels;
  for (int y = 0; y < layer.output.height; ++y) {
    for (int x = 0; x < layer.output.width; ++x) {
      offsets.push_back(y * layer.window.stride_h * row + x * layer.window.stride_w * o.channels);
    }
  }
  offsets.resize(std::size_t(round_up(static_cast<int>(offsets.size()), kTilePixels)), offsets.back());
  return offsets;
}

void put_weight(std::vector<std::byte>& packed, std::size_t element_index, Element element, int weight) {
  if (element == Element::byte) {
    packed[element_index] = static_cast<std::byte>(weight);
  } else {
    const auto word = static_cast<std::int16_t>(weight);
    std::memcpy(packed.data() + 2 * element_index, &word, 2);
  }
}

// What the bias of a filter loses because bytes are codes plus 128. Wraps like the sums.
std::int32_t corrected(std::int32_t bias, std::int32_t weight_sum, Element element) {
  return element == Element::word ? bias
                                  : static_cast<std::int32_t>(static_cast<std::uint32_t>(bias) -
                                                              128u * static_cast<std::uint32_t>(weight_sum));
}

// From the largest sum that the weights allow, whatever thresholds will leave of it.
Requantise requantiser_of(const Layer& layer, Element input) {
  const std::size_t filters = layer.bias.size(), per_filter = layer.weights.size() / filters;
  const bool is_depthwise = layer.kind == LayerKind::depthwise;
  std::int64_t largest = 0;
  for (std::size_t f = 0; f < filters; ++f) {
    std::int64_t sum = std::abs(std::int64_t{layer.bias[f]});
    for (std::size_t at = 0; at < per_filter; ++at) {
      const int weight = layer.weights[is_depthwise ? at * filters + f : f * per_filter + at];
      sum += std::abs(std::int64_t{weight}) * (input == Element::byte ? 128 : 32768);
    }
    largest = std::max(largest, sum);
  }
  const int bits = std::min(31, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest))));
  return requantiser(layer.shift, layer.clamp_low, layer.clamp_high, bits);
}

struct PackedWeights {
  int threshold = 0;
  Prefix prefix;
  std::vector<FilterBlock> blocks;
  std::vector<std::byte> weights;
  std::vector<std::int32_t> bias, multiplier;
};

// Vectors of filters, split evenly into blocks of at most kBlockVectors.
std::vector<FilterBlock> filter_blocks(int filters, int lanes, std::size_t vector_bytes) {
  const int vectors = round_up(filters, lanes) / lanes, count = round_up(vectors, kBlockVectors) / kBlockVectors;
  std::vector<FilterBlock> blocks;
  for (int b = 0; b < count; ++b) {
    const int first = vectors * b / count, end = vectors * (b + 1) / count;
    blocks.push_back(
        {first * lanes, end - first, std::min(lanes, filters - (end - 1) * lanes), std::size_t(first) * vector_bytes});
  }
  return blocks;
}

// The network's order of weights is [filter][kernel y][kernel x][channel], a kernel row being contiguous.
std::shared_ptr<const PackedWeights> pack(const Layer& layer, Element element, const Thresholds& thresholds,
                                          const Layout& layout, int scale) {
  auto packed = std::make_shared<PackedWeights>();
  packed->threshold = thresholds.weight;
  packed->prefix = thresholds.prefix;
  const std::vector<std::int16_t> weights = prefix_weights(layer, thresholds.prefix);
  const int filters = layer.output.channels, rows = layer.window.kernel_h, lanes = round_up(filters, layout.lanes);
  const int row = layer.window.kernel_w * layer.input.channels, steps = round_up(row, layout.dot) / layout.dot;
  const std::size_t dots = std::size_t(rows) * steps, elements = dots * layout.lanes * layout.dot;
  packed->blocks = filter_blocks(filters, layout.lanes, elements * size_of(element));
  packed->weights.assign(std::size_t(lanes / layout.lanes) * elements * size_of(element), std::byte{0});
  packed->bias.assign(lanes, 0);
  packed->multiplier.assign(lanes, 0);
  for (const FilterBlock& block : packed->blocks) {
    for (int f = block.first; f < std::min(filters, block.first + block.vectors * layout.lanes); ++f) {
      const int vector = (f - block.first) / layout.lanes, lane = (f - block.first) % layout.lanes;
      std::int32_t sum = 0;
      for (int at = 0; at < rows * row; ++at) {
        int weight = weights[std::size_t(f) * rows * row + at];
        if (std::abs(weight) < thresholds.weight) weight = 0;
        sum += weight;
        const std::size_t dot = std::size_t(at / row) * steps + at % row / layout.dot;
        const std::size_t in_block =
            ((dot * block.vectors + vector) * layout.lanes + lane) * layout.dot + at % row % layout.dot;
        put_weight(packed->weights, block.weights / size_of(element) + in_block, element, weight);
      }
      packed->bias[f] = corrected(layer.bias[f], sum, element);
      packed->multiplier[f] = layer.multiplier[f] << scale;
    }
  }
  return packed;
}

class ConvolutionLayer final : public PreparedLayer {
 public:
  ConvolutionLayer(const Layer& layer, Element input, const Thresholds& thresholds, const Kernels& kernels,
                   const ConvolutionLayer* before)
      : kernels_(kernels), operand_(operand_of(layer, input, thresholds.activation)) {
    const Layout& layout = operand_.to == Element::byte ? kernels.bytes : kernels.words;
    const Requantise requantise = requantiser_of(layer, operand_.from);
    const bool is_same =
        before && before->packed_->threshold == thresholds.weight && before->packed_->prefix == thresholds.prefix;
    packed_ = is_same ? before->packed_ : pack(layer, operand_.to, thresholds, layout, requantise.scale);
    pixels_ =
        before ? before->pixels_ : std::make_shared<const std::vector<std::int32_t>>(window_offsets(layer, operand_));
    work_ = {operand_.to,
             made_element(layer, input, kernels),
             pixels_->data(),
             layer.output.height * layer.output.width,
             layer.window.kernel_h,
             (operand_.width + operand_.left + operand_.right) * operand_.channels,
             round_up(layer.window.kernel_w * operand_.channels, layout.dot) / layout.dot,
             layer.output.channels,
             packed_->blocks.data(),
             static_cast<int>(packed_->blocks.size()),
             packed_->weights.data(),
             packed_->bias.data(),
             packed_->multiplier.data(),
             requantise};
  }

  void run(const StoredMap& a, const StoredMap&, const StoredMap& out) const override {
    kernels_.convolve(work_, prepared(operand_, a, kernels_), out.data);
  }

 private:
  const Kernels& kernels_;
  Operand operand_;
  std::shared_ptr<const PackedWeights> packed_;
  std::shared_ptr<const std::vector<std::int32_t>> pixels_;
  Convolution work_;
};

class DepthwiseLayer final : public PreparedLayer {
 public:
  DepthwiseLayer(const Layer& layer, Element input, const Kernels& kernels)
      : kernels_(kernels), operand_(operand_of(layer, input, 0)), pixels_(window_offsets(layer, operand_)) {
    const Layout& layout = operand_.to == Element::byte ? kernels.bytes : kernels.words;
    const int channels = layer.output.channels, blocks = round_up(channels, layout.channels) / layout.channels;
    const Requantise requantise = requantiser_of(layer, operand_.from);
    const int taps = layer.window.kernel_h * layer.window.kernel_w, groups = round_up(taps, layout.dot) / layout.dot;
    for (int ky = 0; ky < layer.window.kernel_h; ++ky) {
      for (int kx = 0; kx < layer.window.kernel_w; ++kx)
        taps_.push_back((ky * (operand_.width + operand_.left + operand_.right) + kx) * channels);
    }
    taps_.resize(std::size_t(groups) * layout.dot, 0);  // their weights are 0
    weights_.assign(std::size_t(blocks) * groups * layout.channels * layout.dot * size_of(operand_.to), std::byte{0});
    bias_.assign(std::size_t(blocks) * layout.channels, 0);
    multiplier_.assign(bias_.size(), 0);
    for (int block = 0; block < blocks; ++block) {
      for (int at = 0; at < layout.channels; ++at) {  // [sum][lane]
        const int channel =
            block * layout.channels + layout.channel_of(at / layout.depthwise_lanes, at % layout.depthwise_lanes);
        if (channel >= channels) continue;
        std::int32_t sum = 0;
        for (int tap = 0; tap < taps; ++tap) {
          const int weight = layer.weights[std::size_t(tap) * channels + channel];
          const std::size_t group = std::size_t(block) * groups + tap / layout.dot;
          put_weight(weights_, (group * layout.channels + at) * layout.dot + tap % layout.dot, operand_.to, weight);
          sum += weight;
        }
        bias_[std::size_t(block) * layout.channels + at] = corrected(layer.bias[channel], sum, operand_.to);
        multiplier_[std::size_t(block) * layout.channels + at] = layer.multiplier[channel] << requantise.scale;
      }
    }
    work_ = {operand_.to,    made_element(layer, input, kernels),
             pixels_.data(), layer.output.height * layer.output.width,
             taps_.data(),   static_cast<int>(taps_.size()),
             channels,       weights_.data(),
             bias_.data(),   multiplier_.data(),
             requantise};
  }

  void run(const StoredMap& a, const StoredMap&, const StoredMap& out) const override {
    kernels_.depthwise(work_, prepared(operand_, a, kernels_), out.data);
  }

 private:
  const Kernels& kernels_;
  Operand operand_;
  std::vector<std::int32_t> pixels_, taps_;
  std::vector<std::byte> weights_;
  std::vector<std::int32_t> bias_, multiplier_;
  Depthwise work_;
};

}  // namespace

std::shared_ptr<const PreparedLayer> prepare_convolution(const Layer& layer, Element input,
                                                         const Thresholds& thresholds, const Kernels& kernels,
                                                         const PreparedLayer* before) {
  return std::make_shared<ConvolutionLayer>(layer, input, thresholds, kernels,
                                            static_cast<const ConvolutionLayer*>(before));
}

std::shared_ptr<const PreparedLayer> prepare_depthwise(const Layer& layer, Element input, const Kernels& kernels) {
  return std::make_shared<DepthwiseLayer>(layer, input, kernels);
}

}  // namespace sluice::evaluate
