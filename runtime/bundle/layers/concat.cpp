// SPDX-License-Identifier: Apache-2.0
// Concatenations: the channels of two maps one after another. The layer, and the record of concat.cl.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

MapShape second_operand(const Layer& layer) {
  return {layer.input.height, layer.input.width, layer.output.channels - layer.input.channels};
}

Status check_shape(const Layer& layer) {
  const MapShape &in = layer.input, &out = layer.output;
  if (in.height == out.height && in.width == out.width && in.channels < out.channels) return ok();
  return user_error("layer {}: concat makes {}x{} of more than {} channels, not {}x{} of {}", layer.name, in.height,
                    in.width, in.channels, out.height, out.width, out.channels);
}

std::int32_t code(const OutputPlace& at) {
  const int of_a = at.a.shape.channels;
  return at.channel < of_a ? at.a.at(at.y, at.x, at.channel) : at.b.at(at.y, at.x, at.channel - of_a);
}

std::map<Number, int> kernel_numbers(const Layer& layer, int lanes, int on_a) {
  return {{Number::a_groups, layer.operand(std::size_t(on_a)).channels / lanes},
          {Number::b_groups, layer.operand(std::size_t(1 - on_a)).channels / lanes},
          {Number::is_swapped, on_a}};
}

}  // namespace

const LayerRecord& concat_layer() {
  static const LayerRecord record{
      .operands = 2,
      .windows = Windows::none,
      .requantises = false,
      .pads_with_lowest = false,
      .products = 0,
      .counts = counts_nothing,
      .second_operand = second_operand,
      .check = check_shape,
      .code = code,
      .kernel_numbers = kernel_numbers,
  };
  return record;
}

const KernelRecord& concat_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::a_groups, Number::b_groups, Number::is_swapped},
      .role = Role::computes,
      .computes = LayerKind::concat,
      .obeys = kObeysNothing,
      .check = check_either_order,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
