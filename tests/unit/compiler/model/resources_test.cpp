// SPDX-License-Identifier: Apache-2.0
// Blocks of memories and multipliers by hand; every number that grows makes an engine dearer.
#include "compiler/model/engine_resources.hpp"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/model/engine_memories.hpp"
#include "compiler/model/memory_blocks.hpp"

namespace sluice {
namespace {

const Coefficients& coefficients() {
  static const Coefficients known = known_coefficients().value();
  return known;
}

bsp::FpgaDevice arria() { return bsp::find_board("a10_ref").value().device; }

MemoryBlocks blocks(std::int64_t width, std::int64_t depth, int copies = 1, std::int64_t block_bits = 20480) {
  return memory_blocks({"r", width, depth, copies}, coefficients(), block_bits);
}

TEST(MemoryBlocks, modes_of_a_block) {
  EXPECT_EQ(blocks(40, 512).ram_blocks, 1);
  EXPECT_EQ(blocks(41, 512).ram_blocks, 2);
  EXPECT_EQ(blocks(40, 513).ram_blocks, 2);
  EXPECT_EQ(blocks(20, 1024).ram_blocks, 1);
  EXPECT_EQ(blocks(10, 2048).ram_blocks, 1);
  EXPECT_EQ(blocks(16, 2048).ram_blocks, 2);           // 1.6 by bits
  EXPECT_EQ(blocks(256, 576).ram_blocks, 13);          // 26 halves of 20 x 1024 are 13 whole; 7 x 2 of 40 x 512 are 14
  EXPECT_EQ(blocks(40, 256, 1, 10240).ram_blocks, 1);  // Cyclone V
  EXPECT_EQ(blocks(0, 512).ram_blocks, 0);
}

TEST(MemoryBlocks, readers_are_copies_and_few_words_are_mlabs) {
  EXPECT_EQ(blocks(8, 1000, 9).ram_blocks, 9);
  EXPECT_EQ(blocks(512, 4).mlabs, 26);
  EXPECT_EQ(blocks(512, 4).ram_blocks, 0);
  EXPECT_EQ(blocks(20, 33).mlabs, 2);
  EXPECT_EQ(blocks(20, 65).mlabs, 0);
}

TEST(MemoriesOf, weights_need_every_lane) {
  // 3x3, 64 channels to 32 filters: the memory delivers M words and not N.
  LayerWork work{"l", LayerKind::conv, {8, 8, 64}, {8, 8, 32}, {3, 3, 1, 1, 1, 1, 1, 1}, 0};
  EngineShape shape;
  shape.kind = KernelKind::conv_pair_sparse, shape.vector_lanes = 9, shape.pairs = 3, shape.filters = 4;
  Ram weights = memories_of(shape, work).at(0);
  EXPECT_EQ(weights.width_bits, 9 * 4 * 8);
  EXPECT_EQ(weights.depth, 8 * 64);
  shape.kind = KernelKind::conv_grouped_prefix, shape.group = 8;
  weights = memories_of(shape, work).at(0);
  EXPECT_EQ(weights.width_bits, 4 * (8 + 3));
  EXPECT_EQ(weights.depth, 576 * 8);
  shape.kind = KernelKind::conv_weight_sparse, shape.group = 1, shape.pixels = 4, shape.vector_lanes = 3;
  const std::vector<Ram> rams = memories_of(shape, work);
  EXPECT_EQ(rams.at(0).width_bits, 4 * (8 + 10));
  EXPECT_EQ(rams.at(1).width_bits, 4 * 4 * 32);
  EXPECT_EQ(rams.at(2).what, "tile");
  EXPECT_EQ(rams.at(2).width_bits, 6 * 8);
  EXPECT_EQ(rams.at(2).depth, 2 * 3 * 64);
  EXPECT_EQ(rams.at(2).copies, 4);
}

TEST(ResourceModel, two_multipliers_a_block_at_both_widths) {
  const ResourceModel model(coefficients(), arria());
  EngineShape shape;
  shape.vector_lanes = 8, shape.filters = 4;
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 16);
  shape.data_bits = shape.weight_bits = 16, shape.sum_bits = 32;
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 16);
  shape.requantised_lanes = 4;  // 32 x 17 bits: two blocks each
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 24);
  shape.copies = 3;
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 72);
  EXPECT_EQ(model.kernel(shape).multipliers, 96);
  shape = {};
  shape.kind = KernelKind::conv_activation_sparse, shape.filters = 5;
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 3);
}

TEST(ResourceModel, the_factor_multiplies_swept_logic_only) {
  EngineShape shape;
  shape.kind = KernelKind::conv_activation_sparse, shape.filters = 32, shape.sum_bits = 32;
  const auto alms = [&](double factor) { return ResourceModel(coefficients(), arria(), factor).kernel(shape).alms; };
  EXPECT_DOUBLE_EQ(ResourceModel(coefficients(), arria()).hls_factor(), 2);
  const ResourceModel model(coefficients(), arria(), 1);
  EXPECT_NEAR(alms(3) - alms(1.5), 1.5 * model.swept_logic(shape).aluts / 2, 1e-6);
  EXPECT_GT(alms(1), model.swept_logic(shape).aluts / 2);
}

TEST(MemoriesOf, tables_stand_where_sums_become_codes) {
  const LayerWork work{"l", LayerKind::conv, {8, 8, 16}, {8, 8, 24}, {}, 0};
  EngineShape shape;
  shape.kind = KernelKind::conv_activation_sparse, shape.filters = shape.requantised_lanes = 12;
  EXPECT_EQ(memories_of(shape, work, true).size(), 4u);  // weights, bias, multiplier, curve
  shape.requantised_lanes = 0, shape.sends_sums = true;
  EXPECT_EQ(memories_of(shape, work, true).size(), 1u);
  shape = {};
  shape.kind = KernelKind::requantise, shape.in_lanes = 12, shape.out_lanes = shape.requantised_lanes = 3;
  const std::vector<Ram> rams = memories_of(shape, work, true);
  ASSERT_EQ(rams.size(), 3u);
  for (const std::size_t table : {0, 1}) {
    EXPECT_EQ(rams[table].width_bits, (table + 1) * 3 * 32);  // a second multiplier, after the curve
    EXPECT_EQ(rams[table].depth, 8);
  }
  EXPECT_EQ(rams[2].copies, 3);
}

// L swept lanes under the factor; a shift register over O sums, and ports as wide as those, outside of it.
TEST(ResourceModel, shared_requantisers_by_hand) {
  EngineShape shape;
  shape.kind = KernelKind::requantise, shape.in_lanes = 16, shape.out_lanes = shape.requantised_lanes = 2;
  const auto registers = [&](double factor) {
    return ResourceModel(coefficients(), arria(), factor).kernel(shape).registers;
  };
  const double lane = coefficients().logic("requantise", letters_of(shape)).registers;
  EXPECT_NEAR(registers(3) - registers(1), 2 * 2 * lane, 1e-6);
  const double port_bits = 16 * 32 + 2 * 8 + 2 * 2;
  EXPECT_NEAR(registers(1), 2 * lane + 1500 + (4 + 1) * port_bits, 1e-6);
  const ResourceModel model(coefficients(), arria());
  EXPECT_EQ(model.kernel(shape).dsp_blocks, 2);
  EXPECT_EQ(model.kernel(shape).multipliers, 0);
  // Sums are four times as wide as codes at one end of an engine.
  EngineShape codes;
  codes.kind = KernelKind::conv_activation_sparse, codes.filters = codes.in_lanes = codes.out_lanes = 16;
  EngineShape sums = codes;
  sums.sends_sums = true;
  EXPECT_NEAR(model.kernel(sums).registers - model.kernel(codes).registers, 4 * 16 * 24, 1e-6);
}

// Each further copy is another input of the multiplexer, as wide as what it carries: codes to a gather, sums to
// requantisers, which are a gather as well.
TEST(ResourceModel, what_takes_results_grows_with_copies_times_bits) {
  const ResourceModel model(coefficients(), arria());
  for (const auto& [kind, bits] : {std::pair{KernelKind::gather, 8}, {KernelKind::requantise, 32}}) {
    EngineShape shape;
    shape.kind = kind, shape.in_lanes = shape.out_lanes = 16, shape.copies = 2;
    const Letters letters = letters_of(shape);
    const double two = model.kernel_logic(shape).aluts;
    shape.copies = 3;
    const int kinds = kind == KernelKind::gather ? 4 : 0;
    EXPECT_NEAR(model.kernel_logic(shape).aluts - two, 0.2 * (2 * 16 * bits + kinds), 1e-6) << to_text(kind);
  }
}

// Nobody hands out pixels without copies.
TEST(ResourceModel, a_line_buffer_grows_with_copies_from_two_on) {
  const ResourceModel model(coefficients(), arria());
  EngineShape shape;
  shape.kind = KernelKind::window, shape.in_lanes = shape.out_lanes = 16;
  const double one = model.kernel_logic(shape).aluts;
  for (const int copies : {2, 5}) {
    shape.copies = copies;
    EXPECT_NEAR(model.kernel_logic(shape).aluts - one, 20 * copies, 1e-6);
  }
}

// An engine that looks for zeros has a scanner of as many lanes as arrive, whatever its multipliers are.
TEST(ResourceModel, an_engine_that_scans_grows_with_what_arrives) {
  const ResourceModel model(coefficients(), arria());
  const auto aluts = [&](KernelKind kind, int lanes) {
    EngineShape shape;
    shape.kind = kind, shape.filters = 8, shape.in_lanes = lanes;
    return model.swept_logic(shape).aluts;
  };
  for (const KernelKind kind : {KernelKind::conv_activation_sparse, KernelKind::conv_grouped_prefix}) {
    Letters letters;
    letters['M'] = 16, letters['X'] = 4, letters['D'] = 8;
    const double wide = coefficients().logic("scanner", letters).aluts;
    letters['M'] = 4, letters['X'] = 2;
    EXPECT_NEAR(aluts(kind, 16) - aluts(kind, 4), wide - coefficients().logic("scanner", letters).aluts, 1e-6);
  }
  EXPECT_EQ(aluts(KernelKind::conv_weight_sparse, 16), aluts(KernelKind::conv_weight_sparse, 4));
}

TEST(ResourceModel, agrees_with_the_stated_ranges) {
  // Design section 4, swept logic alone, two ALUTs an ALM: 72 to 206 ALMs a multiplier for M up to 9 at 8 bit.
  const ResourceModel model(coefficients(), arria(), 1);
  const auto per_multiplier = [&](int lanes, int pairs) {
    EngineShape shape;
    shape.kind = KernelKind::conv_pair_sparse, shape.vector_lanes = lanes, shape.pairs = pairs, shape.sum_bits = 32;
    return model.swept_logic(shape).aluts / 2 / pairs;
  };
  EXPECT_NEAR(per_multiplier(4, 4), 72, 72 * 0.13);
  EXPECT_NEAR(per_multiplier(9, 1), 206, 206 * 0.13);
  EXPECT_GT(per_multiplier(32, 4), 269);
}

// One more of any number never makes an engine cheaper, and never takes multipliers away.
TEST(ResourceModel, grows_with_every_number) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const auto between = [&](int low, int high) { return low + int(random() % unsigned(high - low + 1)); };
    EngineShape shape;
    shape.kind = KernelKind(between(0, kKernelKinds - 1));
    shape.vector_lanes = between(1, 32), shape.pairs = between(1, 8), shape.filters = between(1, 32),
    shape.copies = between(1, 4);
    shape.group = between(1, 8), shape.pixels = between(1, 8), shape.in_lanes = between(1, 16),
    shape.out_lanes = between(1, 16);
    shape.data_bits = shape.weight_bits = between(4, 16), shape.sum_bits = between(20, 32),
    shape.kept_bits = between(8, 24), shape.requantised_lanes = between(0, 8);
    LayerWork work{"l", LayerKind::conv, {16, 16, between(1, 64)}, {16, 16, between(1, 64)}, {3, 3, 1, 1, 1, 1, 1, 1},
                   0};
    const ResourceModel model(coefficients(), arria());
    const Resources before = model.kernel(shape);
    int EngineShape::*const numbers[] = {
        &EngineShape::vector_lanes,     &EngineShape::pairs,     &EngineShape::filters,
        &EngineShape::copies,           &EngineShape::group,     &EngineShape::pixels,
        &EngineShape::in_lanes,         &EngineShape::out_lanes, &EngineShape::data_bits,
        &EngineShape::weight_bits,      &EngineShape::sum_bits,  &EngineShape::kept_bits,
        &EngineShape::requantised_lanes};
    for (const auto number : numbers) {
      EngineShape larger = shape;
      larger.*number += 1;
      const Resources after = model.kernel(larger);
      EXPECT_GE(after.alms, before.alms) << to_text(shape.kind);
      EXPECT_GE(after.registers, before.registers) << to_text(shape.kind);
      EXPECT_GE(after.dsp_blocks, before.dsp_blocks) << to_text(shape.kind);
      EXPECT_GE(after.multipliers, before.multipliers) << to_text(shape.kind);
    }
    // A wider, deeper, oftener read memory never takes fewer blocks of its kind; more channels never take less.
    const int width = between(1, 300), depth = between(100, 5000), copies = between(1, 4);
    EXPECT_LE(blocks(width, depth, copies).ram_blocks, blocks(width + 1, depth, copies).ram_blocks);
    EXPECT_LE(blocks(width, depth, copies).ram_blocks, blocks(width, depth + 1, copies).ram_blocks);
    EXPECT_LE(blocks(width, depth, copies).ram_blocks, blocks(width, depth, copies + 1).ram_blocks);
    const auto bits = [&] {
      std::int64_t sum = 0;
      for (const Ram& ram : memories_of(shape, work)) sum += ram.width_bits * ram.depth * ram.copies;
      return sum;
    };
    const std::int64_t fewer = bits();
    work.input.channels += 1;
    EXPECT_GE(bits(), fewer) << to_text(shape.kind);
  }
}

}  // namespace
}  // namespace sluice
