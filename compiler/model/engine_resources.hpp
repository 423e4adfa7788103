// SPDX-License-Identifier: Apache-2.0
// Resources of a kernel or a stream.
//
//   logic = f_hls * (engine's terms + requantised lanes) + kernel + stream ends        (coefficients.hpp)
//           + the select of L sums of O upstream of requantisers that are shared
//   ALMs  = max(ALUTs / 2, registers / 4) + ten for each MLAB
//   DSP   = multipliers / (18x19 products a block, from the board: two, for int8 as for int16) + requantised lanes
//   RAM   = its memories (memory_blocks.hpp); all of it once for each of the E copies
//
// f_hls multiplies only what was swept as plain hardware; the constant of a kernel is a compiler's already.
//
// Before: coefficients hold the part of every kind that has logic. After: figures above 0, growing with every number.
#pragma once

#include "bsp/board.hpp"
#include "compiler/model/coefficients.hpp"

namespace sluice {

class ResourceModel {
 public:
  // hls_factor 0: the factor of the coefficients. The device says what a DSP and a RAM block hold.
  ResourceModel(Coefficients coefficients, const bsp::FpgaDevice& device, double hls_factor = 0);

  Resources kernel(const EngineShape& shape) const;
  Resources queue(const Ram& ram) const;
  // The logic of kernel() alone, before ALMs: what the sweeps counted, times f_hls where that applies.
  Logic swept_logic(const EngineShape& shape) const;
  // The same with everything that no sweep counted: all logic of kernel().
  Logic kernel_logic(const EngineShape& shape) const;

  const Coefficients& coefficients() const { return coefficients_; }
  double hls_factor() const { return hls_factor_; }

 private:
  Resources add_up(const Logic& logic, const std::vector<Ram>& rams) const;
  double dsp_blocks(const EngineShape& shape) const;

  Coefficients coefficients_;
  long products_per_block_ = 2;
  std::int64_t block_bits_ = 20480;
  double hls_factor_ = 2;
};

}  // namespace sluice
