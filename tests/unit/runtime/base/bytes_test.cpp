// SPDX-License-Identifier: Apache-2.0
// Bytes come back as the values that were put; a reader that runs out says so and invents nothing.
#include "runtime/base/bytes.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Bytes, come_back_in_order) {
  ByteWriter to;
  to.put(std::int32_t{-5});
  to.put(std::vector<float>{1.5f, -2});
  to.put(std::string_view("name"));
  to.put(std::vector<std::string>{"", "b"});
  to.put(std::vector<double>{});
  const std::string bytes = to.take();
  ByteReader from(bytes);
  EXPECT_EQ(from.number<std::int32_t>(), -5);
  EXPECT_EQ(from.list<float>(), (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(from.text(), "name");
  EXPECT_EQ(from.texts(), (std::vector<std::string>{"", "b"}));
  EXPECT_FALSE(from.is_complete());
  EXPECT_TRUE(from.list<double>().empty());
  EXPECT_TRUE(from.is_complete());
}

TEST(Bytes, of_a_claimed_length_that_is_not_there_are_an_empty_list) {
  ByteWriter to;
  to.put(std::uint64_t{1} << 62);
  to.put(std::int32_t{7});
  const std::string bytes = to.take();
  ByteReader from(bytes);
  EXPECT_TRUE(from.list<double>().empty());
  EXPECT_FALSE(from.is_good());
  EXPECT_EQ(from.number<std::int32_t>(), 0) << "nothing is read after a failure";
  EXPECT_FALSE(from.is_complete());
}

}  // namespace
}  // namespace sluice
