// SPDX-License-Identifier: Apache-2.0
// What binds, what is short, and by how much; the same for whole designs and for shares of a budget, limit by limit.
#include "compiler/target/limits.hpp"

#include <gmock/gmock.h>

#include "compiler/target/target.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

Target target_of(const std::string& board) { return board_target(bsp::find_board(board).value(), 0).value(); }

// Of a design with so much of a board, whose memory does nothing.
std::vector<ResourceUse> uses(const Resources& total, const Target& target) { return uses_of(total, 0, 1, target); }

Resources design(double alms, double m20k, double dsp_blocks) {
  Resources r;
  r.alms = alms, r.m20k = m20k, r.dsp_blocks = dsp_blocks;
  return r;
}

TEST(Limits, the_fullest_resource_binds) {
  const Target target = target_of("a10_ref");
  const auto all = uses(design(1500, target.budget.m20k / 2, 150), target);
  EXPECT_TRUE(fits(all));
  EXPECT_EQ(all.front().resource, "RAM blocks");
  EXPECT_NEAR(all.front().share(), 0.5, 1e-3);
  EXPECT_THAT(story_of(all, "a10_ref"),
              testing::AllOf(HasSubstr("fits a10_ref"), HasSubstr("RAM blocks bind"), Not(HasSubstr("too many"))));
}

TEST(Limits, everything_short_is_named_with_its_number) {
  const Target target = target_of("a10_ref");
  const auto all = uses(design(target.budget.alms + 12345, 10, target.budget.dsp_blocks + 7), target);
  EXPECT_FALSE(fits(all));
  EXPECT_THAT(story_of(all, "a10_ref"),
              testing::AllOf(HasSubstr("does not fit a10_ref"), HasSubstr("12,345 ALMs too many"),
                             HasSubstr("7 DSP blocks too many"), Not(HasSubstr("RAM blocks too many"))));
}

TEST(Limits, a_board_has_six_and_each_of_them_can_be_what_is_short) {
  const std::vector<bsp::Board> boards = bsp::known_boards().value();
  for (const bsp::Board& board : boards) {
    const Target target = board_target(board, 0).value();
    EXPECT_EQ(target.budget.alms, board.plannable().alms) << board.name;
    for (const Limit& limit : kLimitTable) {
      if (std::string(limit.name) == "multipliers") continue;  // of budgets only
      if (std::string(limit.name) == "loss") continue;         // of explorations only
      Resources full = target.budget;
      EXPECT_TRUE(fits(uses(full, target))) << board.name << ", exactly full";
      full.*limit.part += 1;
      const auto all = uses(full, target);
      EXPECT_FALSE(fits(all)) << board.name << ", " << limit.name;
      EXPECT_EQ(all.front().resource, limit.name);
      EXPECT_GT(fullest(shares_of(full, target.budget)), 1) << "the exploration means the same: " << limit.name;
      EXPECT_THAT(story_of(all, board.name), HasSubstr(std::string("1 ") + limit.name + " too many"));
    }
    const double most = target.memory_bytes_per_cycle;
    EXPECT_TRUE(fits(uses_of(target.budget, 1000 * most, 1000, target))) << board.name;
    const auto all = uses_of(Resources(), 1001 * most, 1000, target);
    EXPECT_FALSE(fits(all)) << board.name;
    EXPECT_EQ(all.front().resource, "memory MB/s");
    EXPECT_NEAR(memory_cycles(1001 * most, most), 1001, 1e-9) << "the least interval is where the memory is just full";
  }
}

TEST(Limits, alms_count_those_of_mlabs) {
  const Target target = target_of("d5005");
  EngineShape shape;
  shape.kind = KernelKind::tile, shape.in_lanes = 4;
  const Resources without = target.model.kernel(shape);
  Ram ram;
  ram.width_bits = 20, ram.depth = 32;
  shape.rams.push_back(ram);
  const Resources with = target.model.kernel(shape);
  ASSERT_GT(with.mlab, without.mlab);
  EXPECT_GE(with.alms - without.alms, 10 * (with.mlab - without.mlab));
}

TEST(Limits, a_budget_limits_multipliers_and_kernels) {
  const Target target = open_target("", "u250", 0).value();
  Resources huge = design(9e6, 9e4, 9e4);
  huge.multipliers = target.budget.multipliers, huge.kernels = target.budget.kernels;
  const auto all = uses(huge, target);
  EXPECT_EQ(all.size(), 2u);
  EXPECT_TRUE(fits(all));
  huge.multipliers += 1;
  EXPECT_FALSE(fits(uses(huge, target)));
}

}  // namespace
}  // namespace sluice
