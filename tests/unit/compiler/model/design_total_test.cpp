// SPDX-License-Identifier: Apache-2.0
// What binds, what is short, and by how much.
#include "compiler/model/design_total.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

Resources part(double alms, double m20k, double dsp_blocks) {
  Resources r;
  r.alms = alms, r.m20k = m20k, r.dsp_blocks = dsp_blocks;
  return r;
}

TEST(DesignTotal, the_fullest_resource_binds) {
  const bsp::Board board = bsp::find_board("a10_ref").value();
  const auto may = board.plannable();
  const DesignTotal total = design_total({part(1000, double(may.ram_blocks) / 2, 100), part(500, 0, 50)}, board);
  EXPECT_TRUE(total.fits());
  EXPECT_EQ(total.uses.front().resource, "RAM blocks");
  EXPECT_NEAR(total.uses.front().share(), 0.5, 1e-3);
  EXPECT_EQ(total.resources.alms, 1500);
  EXPECT_THAT(total.story(board), testing::AllOf(HasSubstr("fits a10_ref"), HasSubstr("RAM blocks bind"), Not(HasSubstr("too many"))));
}

TEST(DesignTotal, everything_short_is_named_with_its_number) {
  const bsp::Board board = bsp::find_board("a10_ref").value();
  const auto may = board.plannable();
  const DesignTotal total = design_total({part(double(may.alms) + 12345, 10, double(may.dsps) + 7)}, board);
  EXPECT_FALSE(total.fits());
  EXPECT_THAT(total.story(board), testing::AllOf(HasSubstr("does not fit a10_ref"), HasSubstr("12,345 ALMs too many"), HasSubstr("7 DSP blocks too many"),
                                                 Not(HasSubstr("RAM blocks too many"))));
}

TEST(DesignTotal, exactly_full_fits) {
  const std::vector<bsp::Board> boards = bsp::known_boards().value();
  for (const bsp::Board& board : boards) {
    const auto may = board.plannable();
    EXPECT_TRUE(design_total({part(double(may.alms), double(may.ram_blocks), double(may.dsps))}, board).fits()) << board.name;
    EXPECT_FALSE(design_total({part(double(may.alms) + 1, 0, 0)}, board).fits()) << board.name;
  }
}

}  // namespace
}  // namespace sluice
