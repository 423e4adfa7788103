// SPDX-License-Identifier: Apache-2.0
// Whole numbers in JSON are read as they stand, or refused.
#include <cstdint>
#include <limits>

#include <gmock/gmock.h>

#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;
using testing::HasSubstr;

template <typename Whole>
std::string refusal(const char* text) {
  try {
    return "read as " + std::to_string(parse_json(text).get<Whole>());
  } catch (const json::exception& problem) {
    return problem.what();
  }
}

TEST(JsonNumbers, whole_numbers_of_every_kind_are_read) {
  EXPECT_EQ(parse_json("-2147483648").get<int>(), std::numeric_limits<int>::min());
  EXPECT_EQ(parse_json("18446744073709551615").get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_json("4e3").get<int>(), 4000);
  EXPECT_EQ(parse_json("[1, 2, -3]").get<std::vector<std::int16_t>>(), (std::vector<std::int16_t>{1, 2, -3}));
}

TEST(JsonNumbers, what_does_not_fit_is_refused_and_never_cut) {
  for (const char* text : {"2147483648", "4294967304", "1e308", "-1e308", "1.5", "9223372036854775808"})
    EXPECT_THAT(refusal<int>(text), HasSubstr("is no whole number of 32 bits")) << text;
  EXPECT_THAT(refusal<std::uint8_t>("256"), HasSubstr("is no whole number of 8 bits without a sign"));
  EXPECT_THAT(refusal<std::uint64_t>("-1"), HasSubstr("is no whole number of 64 bits without a sign"));
  EXPECT_THAT(refusal<std::int64_t>("9223372036854775808.0"), HasSubstr("is no whole number of 64 bits"));
}

TEST(JsonNumbers, other_kinds_are_refused_as_before) {
  EXPECT_THAT(refusal<int>("\"8\""), HasSubstr("type must be number"));
  EXPECT_THROW((void)parse_json("[1, 1e300]").get<std::vector<int>>(), json::exception);
}

}  // namespace
}  // namespace sluice
