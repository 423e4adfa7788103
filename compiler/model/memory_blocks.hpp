// SPDX-License-Identifier: Apache-2.0
// RAM blocks of one on-chip memory.
//
// Why: bits do not say what a memory takes. A block of 20,480 bits serves as 512 x 40, 1024 x 20 or 2048 x 10, so a
// wide shallow memory wastes most of its blocks. A second reader needs a copy. A memory of a few words goes into MLABs,
// which are ALMs. The idea: the cheapest of the modes, words side by side and one after the other, times copies.
//
// Before: width and depth at least 1 (else it costs nothing). After: whole blocks.
#pragma once

#include <cstdint>

#include "compiler/model/coefficients.hpp"

namespace sluice {

struct MemoryBlocks {
  std::int64_t ram_blocks = 0;
  std::int64_t mlabs = 0;
};

// Blocks of `block_bits` (bsp::FpgaDevice::ram_block_bits), in the best mode.
std::int64_t ram_blocks_of(std::int64_t width_bits, std::int64_t depth, std::int64_t block_bits, std::int64_t widest);

MemoryBlocks memory_blocks(const Ram& ram, const Coefficients& coefficients, std::int64_t block_bits);

}  // namespace sluice
