// SPDX-License-Identifier: Apache-2.0
// Names, multipliers and sums (see engine_shape.hpp).
#include "compiler/model/engine_shape.hpp"

#include "compiler/model/engine_model.hpp"

namespace sluice {

std::int64_t EngineShape::multipliers() const {
  if (!is_engine(kind)) return 0;
  return std::int64_t{engine_model(kind).filter_multipliers.get()(*this)} * filters * copies;
}

Resources& Resources::operator+=(const Resources& other) {
  alms += other.alms, registers += other.registers, m20k += other.m20k, mlab += other.mlab;
  dsp_blocks += other.dsp_blocks, multipliers += other.multipliers, kernels += other.kernels, loss += other.loss;
  return *this;
}

Resources Resources::operator*(double times) const {
  return {alms * times,       registers * times,   m20k * times,    mlab * times,
          dsp_blocks * times, multipliers * times, kernels * times, loss * times};
}

}  // namespace sluice
