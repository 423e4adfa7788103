// SPDX-License-Identifier: Apache-2.0
// From a kind to its record, and what records share (see layer_record.hpp).
#include "runtime/bundle/layers/layer_record.hpp"

#include "runtime/base/errors.hpp"

namespace sluice {

const LayerRecord& layer_record(LayerKind kind) {
  switch (kind) {
#define SLUICE_LAYER(kind) \
  case LayerKind::kind:    \
    return kind##_layer();
#include "device/contract/kernel_list.inc"
  }
  return conv_layer();  // there is no other kind
}

int padding_code(LayerKind kind, int bits) {
  return layer_record(kind).pads_with_lowest.get() ? -(1 << (bits - 1)) : 0;
}

Status check_kept_channels(const Layer& layer) {
  if (layer.input.channels == layer.output.channels) return ok();
  return user_error("layer {}: {} keeps its channels, {} in and {} out", layer.name, to_text(layer.kind),
                    layer.input.channels, layer.output.channels);
}

Status check_kept_shape(const Layer& layer) {
  if (layer.input == layer.output) return ok();
  return user_error("layer {}: {} keeps the shape", layer.name, to_text(layer.kind));
}

LayerCounts counts_nothing(const Layer&) { return {}; }

LayerCounts counts_one_multiplier(const Layer&) { return {.multipliers = 1}; }

std::map<Number, int> map_numbers(const Layer& layer, int lanes, int) {
  return {{Number::steps, static_cast<int>(layer.input.pixels())},
          {Number::channel_groups, layer.input.channels / lanes}};
}

std::int32_t curve_value(const FusedCurve& curve, std::int32_t code) {
  const int segment = sluice_curve_segment(code, curve.segment_bits);
  const auto at = std::size_t(segment & (SLUICE_CURVE_SEGMENTS - 1));
  return sluice_curve_value(code, segment, curve.segment_bits, curve.base[at], curve.slope[at]);
}

std::int32_t after_curve(const Layer& layer, std::int32_t code, int channel) {
  const FusedCurve& c = layer.curve;
  if (c.kind == CurveKind::none) return code;
  const auto of_channel = c.multiplier.size() == 1 ? 0 : std::size_t(channel);
  return sluice_requantise(curve_value(c, code), c.multiplier[of_channel], c.shift, c.clamp_low, c.clamp_high);
}

}  // namespace sluice
