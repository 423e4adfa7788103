// SPDX-License-Identifier: Apache-2.0
// EngineShape: one kernel of a design as the hardware model sees it, and Resources: what it takes of a chip.
//
// Why: planner, exploration and reports ask "what does this cost" thousands of times before any netlist exists, so the
// question is put with plain numbers. The letters M and N are those of HASS (Yu et al., FPL 2024):
//   M vector lanes   N pairs a cycle and filter   O filters side by side   E copies over output pixels
//   G filters of one multiplier   k how many of them a row runs   P pixels that share a weight (or enter at once)
//
// Before: nothing. After: multipliers() and the models in this folder agree on which numbers count for which kind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bundle/kernel_kind.hpp"

namespace sluice {

// A sum in a stream or a memory, whatever an accumulator has.
inline constexpr int kSumWordBits = 32;

// A sum of more bits takes more than one 27x27 product of a DSP block.
inline constexpr int kBlockSumBits = 27;

// One on-chip memory of a kernel.
struct Ram {
  std::string what;
  std::int64_t width_bits = 0;
  std::int64_t depth = 0;
  int copies = 1;  // read ports that need a memory of their own
};

struct EngineShape {
  KernelKind kind = KernelKind::conv_dense;
  // Fields that a kind does not use stay 1.
  int vector_lanes = 1;             // M: dense, pair_sparse; depthwise: taps a filter; weight_sparse: kernel columns
                                    // one RAM word serves
  int pairs = 1;                    // N: pair_sparse
  int filters = 1;                  // O
  int copies = 1;                   // E
  int group = 1;                    // G: grouped_prefix
  int prefix = 1;                   // k, at most G
  int pixels = 1;                   // P: weight_sparse; in a stem, pixels that enter a cycle
  int taps = 1;                     // in a beat of windows: one, a kernel row or all
  int in_lanes = 1, out_lanes = 1;  // of a layer's way, out_lanes is L: codes that leave the layer in a beat
  int data_bits = 8, weight_bits = 8;
  int sum_bits = 26;    // of a sum, bias included
  int kept_bits = 18;   // of its product with a multiplier, after the shift
  int index_bits = 12;  // weight_sparse: place in a window
  // Lanes with a requantiser of their own: all that an engine sends, or none where it sends sums.
  int requantised_lanes = 0;
  // Engines: sums leave, for a requantise kernel downstream, whose input is sums in any case.
  bool sends_sums = false;
  bool has_curve = false;  // after its requantisers
  std::vector<Ram> rams;   // of one copy

  // Scalar products of weights a cycle, all copies together; 0 when the kind multiplies none.
  std::int64_t multipliers() const;
};

// Of a kernel or a design. Fractions stay until a total is compared with a board.
struct Resources {
  double alms = 0;  // logic, and the ALMs that MLABs take
  double registers = 0;
  double m20k = 0;  // RAM blocks of the device, whatever their size
  double mlab = 0;
  double dsp_blocks = 0;
  double multipliers = 0;
  double kernels = 0;
  double loss = 0;  // not of the chip: what thresholds lose, where an exploration weighs it like a resource

  Resources& operator+=(const Resources& other);
  Resources operator*(double times) const;
};

}  // namespace sluice
