// SPDX-License-Identifier: Apache-2.0
// Names, multipliers and sums (see engine_shape.hpp).
#include "compiler/model/engine_shape.hpp"

namespace sluice {

std::int64_t EngineShape::multipliers() const {
  std::int64_t of_filter = 0;
  switch (kind) {
    case KernelKind::conv_dense:
    case KernelKind::depthwise_dense: of_filter = vector_lanes; break;
    case KernelKind::conv_pair_sparse: of_filter = pairs; break;
    case KernelKind::conv_weight_sparse: of_filter = pixels; break;
    case KernelKind::conv_activation_sparse:
    case KernelKind::conv_grouped_prefix: of_filter = 1; break;
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
