// SPDX-License-Identifier: Apache-2.0
// A network that is right no more often than a guess is warned of; others are not, however few pictures there are.
#include "compiler/driver/float_accuracy.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(FloatAccuracy, near_chance_is_warned_of_with_what_to_try) {
  const PixelOptions pixels{.pixel_max = 1, .mean = {0.5, 0.25, 0.125}};
  EXPECT_THAT((FloatAccuracy{57, 500}.warning(10, pixels)),
              AllOf(HasSubstr("11.40 %"), HasSubstr("0..1, minus 0.5,0.25,0.125, divided by 1"), HasSubstr("--std")));
  EXPECT_EQ((FloatAccuracy{460, 500}.warning(10, pixels)), "");
  EXPECT_EQ((FloatAccuracy{7, 8}.warning(10, pixels)), "");
  EXPECT_EQ((FloatAccuracy{20, 500}.warning(1000, pixels)), "") << "4 % of 1000 classes is not chance";
  EXPECT_EQ((FloatAccuracy{}.warning(10, pixels)), "") << "no labels";
}

TEST(FloatAccuracy, counts_what_it_is_told) {
  FloatAccuracy accuracy;
  accuracy.add(3, 3), accuracy.add(1, 2);
  EXPECT_THAT(accuracy.text(), AllOf(HasSubstr("50.00 %"), HasSubstr("2 pictures")));
}

}  // namespace
}  // namespace sluice
