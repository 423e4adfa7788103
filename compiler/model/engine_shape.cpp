// SPDX-License-Identifier: Apache-2.0
// Names, multipliers and sums (see engine_shape.hpp).
#include "compiler/model/engine_shape.hpp"

#include <iterator>

namespace sluice {
namespace {

constexpr const char* kNames[] = {
    "dense", "depthwise_dense", "activation_sparse", "weight_sparse", "grouped_prefix", "pair_sparse",
    "window", "taps", "compactor", "tile", "replay", "width", "fork", "add", "concat", "scale", "max_pool", "average_pool", "global_average_pool",
    "source", "sink", "collector", "deal", "gather", "requantise"};
static_assert(std::size(kNames) == kEngineKinds);

}  // namespace

const char* to_text(EngineKind kind) { return kNames[int(kind)]; }

Result<EngineKind> engine_kind_from_text(const std::string& text) {
  std::string possible;
  for (int i = 0; i < kEngineKinds; ++i) {
    if (text == kNames[i]) return EngineKind(i);
    possible += std::string(i == 0 ? "" : ", ") + kNames[i];
  }
  return user_error("\"{}\" is no kind of engine; there are: {}", text, possible);
}

bool is_engine(EngineKind kind) { return kind <= EngineKind::pair_sparse; }

std::int64_t EngineShape::multipliers() const {
  std::int64_t of_filter = 0;
  switch (kind) {
    case EngineKind::dense:
    case EngineKind::depthwise_dense: of_filter = vector_lanes; break;
    case EngineKind::pair_sparse: of_filter = pairs; break;
    case EngineKind::weight_sparse: of_filter = pixels; break;
    case EngineKind::activation_sparse:
    case EngineKind::grouped_prefix: of_filter = 1; break;
    default: break;
  }
  return of_filter * filters * copies;
}

Resources& Resources::operator+=(const Resources& other) {
  alms += other.alms, registers += other.registers, m20k += other.m20k, mlab += other.mlab;
  dsp_blocks += other.dsp_blocks, multipliers += other.multipliers, kernels += other.kernels;
  return *this;
}

Resources Resources::operator*(double times) const {
  return {alms * times, registers * times, m20k * times, mlab * times, dsp_blocks * times, multipliers * times, kernels * times};
}

}  // namespace sluice
