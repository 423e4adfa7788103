// SPDX-License-Identifier: Apache-2.0
// The curve, piece by piece (see curve.hpp).
#include "runtime/evaluate/curve.hpp"

#include <algorithm>

#include "device/contract/numbers.h"
#include "device/contract/wire.h"
#include "runtime/evaluate/scratch.hpp"

namespace sluice::evaluate {

namespace {

// Codes that are worked on together: they stay in the first-level cache, and narrow maps do not pay for each pixel.
constexpr std::size_t kPiece = 1024;

}  // namespace

void apply_curve(const Layer& layer, const Kernels& kernels, const StoredMap& codes, const StoredMap& out) {
  const FusedCurve& curve = layer.curve;
  const auto channels = std::size_t(layer.output.channels);
  const auto vector = std::size_t(kernels.words.lanes);
  // Whole pixels, so that every piece begins with the multiplier of channel 0; no more than the map has.
  const auto pixels = std::size_t(layer.output.pixels());
  const std::size_t piece = std::clamp<std::size_t>(kPiece / channels, 1, pixels) * channels;
  const std::size_t lanes = (piece + vector - 1) / vector * vector;
  const Requantise requantise = requantiser(curve.shift, curve.clamp_low, curve.clamp_high);
  struct Codes;
  struct Values;
  struct Multipliers;
  auto* pre_activations = reinterpret_cast<std::int32_t*>(scratch<Codes>(lanes * sizeof(std::int32_t)));
  auto* values = reinterpret_cast<std::int32_t*>(scratch<Values>(lanes * sizeof(std::int32_t)));
  auto* multipliers = reinterpret_cast<std::int32_t*>(scratch<Multipliers>(lanes * sizeof(std::int32_t)));
  for (std::size_t i = 0; i < lanes; ++i) {
    pre_activations[i] = 0;
    multipliers[i] = 0;
  }
  for (std::size_t first = 0; first < piece; first += channels) {
    for (std::size_t c = 0; c < channels; ++c)
      multipliers[first + c] = curve.multiplier[curve.multiplier.size() == 1 ? 0 : c] << requantise.scale;
  }
  std::uint32_t lines[SLUICE_CURVE_SEGMENTS];
  for (std::size_t s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) lines[s] = CURVE_LINE(curve.base[s], curve.slope[s]);
  for (std::int64_t first = 0; first < layer.output.size(); first += std::int64_t(piece)) {
    const std::int64_t count = std::min<std::int64_t>(std::int64_t(piece), layer.output.size() - first);
    kernels.load(codes.data, codes.element, first, count, pre_activations);
    kernels.curve_values(pre_activations, lines, curve.segment_bits, count, values);
    kernels.requantise(values, multipliers, requantise, count, values);
    kernels.store(values, count, out.data, out.element, first);
  }
}

}  // namespace sluice::evaluate
