// SPDX-License-Identifier: Apache-2.0
// See map_codes.hpp.
#include "compiler/accuracy/map_codes.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/quantise/code_range.hpp"

namespace sluice {
namespace {

CodeRange clamp_of(const Layer& layer) {
  return layer.curve.kind == CurveKind::none ? CodeRange{layer.clamp_low, layer.clamp_high}
                                             : CodeRange{layer.curve.clamp_low, layer.curve.clamp_high};
}

}  // namespace

MapCodes MapCodes::of_picture(const IntegerNetwork& network) {
  MapCodes codes;
  codes.picture_scale_ = network.input_scale;
  codes.picture_limit_ = limit_of(network.input_bits);
  return codes;
}

void MapCodes::round(ir::Tensor& map) const {
  const CodeRange clamp = layer_ ? clamp_of(*layer_) : CodeRange{-picture_limit_, picture_limit_};
  const std::int64_t channels = map.dims[1], pixels = map.size() / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto width = static_cast<float>(step(int(c)));
    const auto low = static_cast<float>(clamp.low), high = static_cast<float>(clamp.high);
    float* plane = map.values.data() + model_channel(int(c)) * pixels;
    for (std::int64_t p = 0; p < pixels; ++p) plane[p] = width * std::clamp(std::round(plane[p] / width), low, high);
  }
}

}  // namespace sluice
