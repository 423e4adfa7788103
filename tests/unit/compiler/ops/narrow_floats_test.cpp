// SPDX-License-Identifier: Apache-2.0
// Narrowing and widening against the definition: all 65,536 patterns of both types, and what lies between neighbours.
#include "compiler/ops/narrow_floats.hpp"

#include <gtest/gtest.h>

namespace sluice::ops {
namespace {

TEST(NarrowFloats, every_half_is_its_own_nearest) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = widen_half(static_cast<std::uint16_t>(bits)), again = as_half(value);
    ASSERT_TRUE(again == value || (std::isnan(again) && std::isnan(value))) << bits;
  }
}

TEST(NarrowFloats, between_two_halves_the_nearer_one_and_the_even_one_at_the_middle) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = widen_half(static_cast<std::uint16_t>(bits)),
                high = widen_half(static_cast<std::uint16_t>(bits + 1));
    const float middle = (low + high) / 2;  // exact: a float has 13 bits more
    ASSERT_EQ(as_half(std::nextafter(middle, 0.0f)), low) << bits;
    ASSERT_EQ(as_half(std::nextafter(middle, 1e9f)), high) << bits;
    ASSERT_EQ(as_half(middle), bits % 2 == 0 ? low : high) << bits;
    ASSERT_EQ(as_half(-middle), -as_half(middle)) << bits;
  }
  EXPECT_EQ(as_half(65519.996f), 65504.0f);
  EXPECT_EQ(as_half(65520.0f), HUGE_VALF);
  EXPECT_EQ(as_half(-1e30f), -HUGE_VALF);
}

TEST(NarrowFloats, bfloat16_cuts_towards_zero_and_keeps_nan) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = widen_bfloat16(static_cast<std::uint16_t>(bits));
    const float above = std::bit_cast<float>(bits << 16 | 0xffffu);  // the last float before the next bfloat16
    if (std::isnan(above)) {
      ASSERT_TRUE(std::isnan(as_bfloat16(above))) << bits;
    } else {
      ASSERT_EQ(as_bfloat16(above), value) << bits;
      ASSERT_EQ(as_bfloat16(value), value) << bits;
    }
  }
}

}  // namespace
}  // namespace sluice::ops
