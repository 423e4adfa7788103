// SPDX-License-Identifier: Apache-2.0
// The curve, pixel by pixel (see curve.hpp).
#include "runtime/evaluate/curve.hpp"

#include "runtime/bundle/layers/output_code.hpp"
#include "runtime/evaluate/scratch.hpp"

namespace sluice::evaluate {

void apply_curve(const Layer& layer, const Kernels& kernels, const StoredMap& codes, const StoredMap& out) {
  const FusedCurve& curve = layer.curve;
  const auto channels = std::size_t(layer.output.channels);
  const auto vector = std::size_t(kernels.words.lanes);
  const std::size_t lanes = (channels + vector - 1) / vector * vector;
  const Requantise requantise = requantiser(curve.shift, curve.clamp_low, curve.clamp_high);
  struct Values;
  struct Multipliers;
  auto* values = reinterpret_cast<std::int32_t*>(scratch<Values>(lanes * sizeof(std::int32_t)));
  auto* multipliers = reinterpret_cast<std::int32_t*>(scratch<Multipliers>(lanes * sizeof(std::int32_t)));
  for (std::size_t c = 0; c < lanes; ++c) {
    values[c] = 0;
    const std::size_t of_channel = curve.multiplier.size() == 1 ? 0 : c;
    multipliers[c] = c < channels ? curve.multiplier[of_channel] << requantise.scale : 0;
  }
  for (std::int64_t first = 0; first < layer.output.size(); first += layer.output.channels) {
    kernels.load(codes.data, codes.element, first, layer.output.channels, values);
    for (std::size_t c = 0; c < channels; ++c) values[c] = curve_value(curve, values[c]);
    kernels.requantise(values, multipliers, requantise, layer.output.channels, values);
    kernels.store(values, layer.output.channels, out.data, out.element, first);
  }
}

}  // namespace sluice::evaluate
