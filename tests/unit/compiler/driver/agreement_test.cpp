// SPDX-License-Identifier: Apache-2.0
// A plan whose integer network has become another classifier says so, and what to try; others say nothing.
#include "compiler/driver/agreement.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(AgreementWarning, says_what_was_found_and_what_to_try) {
  EXPECT_THAT(agreement_warning(0.572, 500, 8),
              AllOf(HasSubstr("57.2 % of 500"), HasSubstr("80 %"), HasSubstr("--precision int16")));
  EXPECT_THAT(agreement_warning(0.7, 50, 16), ::testing::Not(HasSubstr("--precision")));
  EXPECT_EQ(agreement_warning(0.8, 500, 8), "");
  EXPECT_EQ(agreement_warning(0, 0, 8), "") << "no pictures";
}

}  // namespace
}  // namespace sluice
