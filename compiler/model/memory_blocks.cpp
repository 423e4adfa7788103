// SPDX-License-Identifier: Apache-2.0
// See memory_blocks.hpp.
#include "compiler/model/memory_blocks.hpp"

#include <algorithm>

namespace sluice {
namespace {

std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// 512 x 40, 1024 x 20, 2048 x 10: modes that all families with this block have.
constexpr int kModes = 3;

}  // namespace

std::int64_t ram_blocks_of(std::int64_t width_bits, std::int64_t depth, std::int64_t block_bits, std::int64_t widest) {
  std::int64_t least = 0;
  for (int mode = 0; mode < kModes; ++mode) {
    const std::int64_t width = widest >> mode, words = block_bits / width;
    const std::int64_t blocks = ceil_of(width_bits, width) * ceil_of(depth, words);
    least = mode == 0 ? blocks : std::min(least, blocks);
  }
  return least;
}

MemoryBlocks memory_blocks(const Ram& ram, const Coefficients& c, std::int64_t block_bits) {
  if (ram.width_bits <= 0 || ram.depth <= 0) return {};
  if (double(ram.depth) <= c.figure("mlab_most_words")) {
    const std::int64_t side_by_side = ceil_of(ram.width_bits, std::int64_t(c.figure("mlab_width_bits")));
    return {0, ram.copies * side_by_side * ceil_of(ram.depth, std::int64_t(c.figure("mlab_depth")))};
  }
  return {
      ram.copies * ram_blocks_of(ram.width_bits, ram.depth, block_bits, std::int64_t(c.figure("ram_block_width_bits"))),
      0};
}

}  // namespace sluice
