// SPDX-License-Identifier: Apache-2.0
// NoDesign is a value beside designs and errors, and an error of the user's only for those who must have a design.
#include "compiler/target/no_design.hpp"
#include "runtime/base/errors.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::HasSubstr;

NoDesign short_of_two() {
  return no_design({{"ALMs", 3000, 2000}, {"RAM blocks", 10, 20}, {"kernels", 241, 240}}, "built");
}

TEST(NoDesign, says_what_is_short_how_much_is_needed_and_how_much_there_is) {
  const NoDesign none = short_of_two();
  ASSERT_EQ(none.short_of.size(), 2u);
  EXPECT_EQ(none.short_of[0].resource, "ALMs");
  EXPECT_EQ(none.short_of[0].needed, 3000);
  EXPECT_EQ(none.short_of[0].available, 2000);
  EXPECT_EQ(none.short_of[1].resource, "kernels");
  EXPECT_THAT(none.text, HasSubstr("the smallest one built needs 1.50 times the ALMs (3,000 of 2,000) and 1.00 times "
                                   "the kernels (241 of 240) of the budget"));
}

DesignResult<int> half(int number) {
  if (number < 0) return bug_error("a negative design");
  if (number % 2 != 0) return short_of_two();
  return number / 2;
}

Result<int> must_have(int number) {
  const int design = SLUICE_TRY(half(number));
  return design;
}

TEST(DesignResult, holds_one_of_three) {
  EXPECT_TRUE(half(4));
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(half(4).no_design(), nullptr);
  const auto none = half(3);
  EXPECT_FALSE(none);
  ASSERT_NE(none.no_design(), nullptr);
  EXPECT_EQ(none.no_design()->short_of.size(), 2u);
  const auto failed = half(-1);
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.no_design(), nullptr) << "a bug must not look like a board that is too small";
  EXPECT_EQ(failed.error().fault(), Fault::bug);
}

TEST(DesignResult, becomes_the_users_error_where_a_design_must_be_had) {
  EXPECT_EQ(must_have(4).value(), 2);
  EXPECT_EQ(must_have(3).error().fault(), Fault::user);
  EXPECT_THAT(must_have(3).error().text(), HasSubstr("no design fits"));
  EXPECT_EQ(must_have(-1).error().fault(), Fault::bug);
}

}  // namespace
}  // namespace sluice
