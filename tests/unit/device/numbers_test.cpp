// SPDX-License-Identifier: Apache-2.0
// The rounding of device/contract/numbers.h against its definition by magnitudes.
//
// Why: the kernels round with one carry, for logic's sake; the definition rounds the magnitude half up and gives it its
// sign back. That both are one function is shown here, not believed.
#include <random>

#include <gtest/gtest.h>

#include "device/contract/numbers.h"

namespace sluice::test {
namespace {

std::int64_t by_magnitude(std::int64_t value, int shift) {
  const std::int64_t magnitude = ((value < 0 ? -value : value) + (std::int64_t{1} << (shift - 1))) >> shift;
  return value < 0 ? -magnitude : magnitude;
}

TEST(RoundShift, is_half_away_from_zero_around_every_half) {
  for (int shift = 1; shift <= SLUICE_SHIFT_MAX; ++shift) {
    const std::int64_t half = std::int64_t{1} << (shift - 1);
    for (std::int64_t halves = -600; halves <= 600; ++halves) {
      for (std::int64_t beside = -2; beside <= 2; ++beside) {
        const std::int64_t value = halves * half + beside;
        ASSERT_EQ(sluice_round_shift(value, shift), by_magnitude(value, shift)) << value << " by 2^" << shift;
      }
    }
  }
}

TEST(RoundShift, is_half_away_from_zero_for_products_of_all_sizes) {
  constexpr unsigned kSeed = 1;
  SCOPED_TRACE("seed 1");
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 400000; ++i) {
    const int bits = 2 + int(random() % 46), shift = 1 + int(random() % SLUICE_SHIFT_MAX);
    const auto value = std::int64_t(random()) >> (64 - bits);
    ASSERT_EQ(sluice_round_shift(value, shift), by_magnitude(value, shift)) << value << " by 2^" << shift;
    ASSERT_EQ(sluice_round_shift(-value, shift), -sluice_round_shift(value, shift)) << value << " by 2^" << shift;
  }
}

}  // namespace
}  // namespace sluice::test
