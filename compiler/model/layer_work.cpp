// SPDX-License-Identifier: Apache-2.0
// See layer_work.hpp.
#include "compiler/model/layer_work.hpp"

#include <algorithm>
#include <bit>

#include "device/contract/numbers.h"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

constexpr int kMultiplierBits = std::bit_width(unsigned{SLUICE_MULTIPLIER_MAX});

// Bits of what a layer adds up: proven where there are weights, else as many as the codes or products of a window can
// need.
int sum_bits(const Layer& layer) {
  if (!layer.weights.empty()) return layer.sum_bits;
  const int factors = layer_record(layer.kind).products.get() > 0 ? 2 : 1;
  const std::int64_t summed = std::max(layer.window.taps(), layer.input.pixels() / layer.output.pixels());
  return factors * layer.output_bits + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(summed - 1)));
}

}  // namespace

std::int64_t LayerWork::macs() const {
  if (kind == LayerKind::conv) return pixels() * window_codes() * output.channels;
  if (kind == LayerKind::depthwise) return pixels() * taps() * output.channels;
  return 0;
}

LayerWork work_of(const Layer& layer) {
  LayerWork work{layer.name, layer.kind, layer.input, layer.output, layer.window, 0};
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) work.second_operand += layer.operand(i).size();
  work.sum_bits = sum_bits(layer);
  work.kept_bits = std::max(2, work.sum_bits + kMultiplierBits - layer.shift);
  return work;
}

}  // namespace sluice
