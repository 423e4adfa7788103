// SPDX-License-Identifier: Apache-2.0
// Result and Status keep value, fault and sentence; the macros leave the function with the error.
#include "runtime/base/errors.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace sluice {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return user_error("{} is odd", number);
  return number / 2;
}

Result<int> quarter(int number) {
  const int once = SLUICE_TRY(half(number));
  return SLUICE_TRY(half(once));
}

Status check_even(int number) {
  Result<int> result = half(number);
  if (!result) return std::move(result).error().in("check");
  return ok();
}

Status check_both(int a, int b) {
  SLUICE_CHECK(check_even(a));
  SLUICE_CHECK(check_even(b));
  return ok();
}

TEST(Status, try_passes_the_value_or_leaves_with_the_error) {
  EXPECT_EQ(quarter(12).value(), 3);
  const Result<int> failed = quarter(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault(), Fault::user);
  EXPECT_EQ(failed.error().text(), "3 is odd");
}

TEST(Status, check_stops_at_the_first_failure) {
  EXPECT_TRUE(check_both(2, 4));
  EXPECT_EQ(check_both(1, 3).error().text(), "check: 1 is odd");
}

TEST(Status, context_goes_in_front_and_keeps_the_fault) {
  const Error error = world_error("read failed: {}", 5).in("a.jpg").in("photos");
  EXPECT_EQ(error.text(), "photos: a.jpg: read failed: 5");
  EXPECT_EQ(error.fault(), Fault::world);
}

TEST(Status, bug_names_its_place) {
  const Error error = bug_error("queue is full");
  EXPECT_EQ(error.fault(), Fault::bug);
  EXPECT_NE(error.text().find("status_test.cpp"), std::string::npos);
  EXPECT_NE(error.text().find("this is a bug in sluice"), std::string::npos);
}

TEST(Status, a_fault_in_own_work_is_a_bug) {
  EXPECT_TRUE(own_work(ok(), "the netlist"));
  const Status failed = own_work(user_error("a stream has no reader"), "the netlist");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault(), Fault::bug);
  EXPECT_NE(failed.error().text().find("the netlist is not valid: a stream has no reader"), std::string::npos);
  EXPECT_EQ(own_work(bug_error("seen"), "the netlist").error().text(), bug_error("seen", __FILE__, __LINE__).text());
}

TEST(Status, result_moves_values_that_cannot_be_copied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> owned = std::move(result).value();
  EXPECT_EQ(*owned, 7);
}

TEST(StatusDeathTest, value_of_a_failure_stops_with_its_words) {
  Result<int> failed = half(3);
  EXPECT_DEATH(static_cast<void>(failed.value()), "3 is odd");
}

}  // namespace
}  // namespace sluice
