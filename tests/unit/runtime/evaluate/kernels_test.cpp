// SPDX-License-Identifier: Apache-2.0
// The kernels of every instruction set of this machine against device/contract/numbers.h: requantising and adding, at
// every shift, around every rounding boundary and at the ends of the ranges.
#include "runtime/evaluate/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "device/contract/numbers.h"

namespace sluice::evaluate {
namespace {

using Random = std::mt19937_64;

// Sums whose product with the multiplier lies at and beside k + 1/2 codes, and the extremes.
std::vector<std::int32_t> telling_sums(Random& random, int multiplier, int shift, int bits) {
  const auto limit = static_cast<std::int32_t>((std::int64_t{1} << bits) - 1);
  std::vector<std::int32_t> sums{0, 1, -1, limit, -limit, limit / 2, -limit / 2, limit - 1};
  while (sums.size() % 16 != 0 || sums.size() < 160) {
    const double code = static_cast<double>(static_cast<std::int64_t>(random() % 70000) - 35000) + 0.5;
    const double sum = std::ldexp(code, shift) / multiplier;
    for (const double near : {sum - 1, sum, sum + 1})
      sums.push_back(static_cast<std::int32_t>(std::clamp<double>(near, -limit, limit)));
    sums.push_back(
        static_cast<std::int32_t>(static_cast<std::int64_t>(random() % (2 * std::uint64_t(limit) + 1)) - limit));
  }
  return sums;
}

class Shifts : public ::testing::TestWithParam<int> {};

TEST_P(Shifts, requantise_as_numbers_h) {
  const int shift = GetParam();
  Random random(static_cast<unsigned>(shift));
  for (const Kernels* kernels : supported_kernels()) {
    for (const auto& [low, high] :
         {std::pair{-127, 127}, {0, 127}, {0, 60}, {-32767, 32767}, {0, 32767}, {-5, 3}, {7, 9}}) {
      for (const int bits : {31, 26, 20}) {
        const Requantise numbers = requantiser(shift, low, high, bits);
        for (const int multiplier :
             {1, 2, 3, 32767, 32768, 65534, 65535, static_cast<int>(random() % 65535) + 1, 1 << (random() % 16)}) {
          const auto sums = telling_sums(random, multiplier, shift, bits);
          const std::vector<std::int32_t> multipliers(sums.size(), multiplier << numbers.scale);
          std::vector<std::int32_t> codes(sums.size());
          kernels->requantise(sums.data(), multipliers.data(), numbers, std::ssize(sums), codes.data());
          for (std::size_t i = 0; i < sums.size(); ++i) {
            ASSERT_EQ(codes[i], sluice_requantise(sums[i], multiplier, shift, low, high))
                << kernels->name << ": sum " << sums[i] << ", multiplier " << multiplier << ", clamp " << low << ".."
                << high;
          }
        }
      }
    }
  }
}

TEST_P(Shifts, add_as_numbers_h) {
  const int shift = GetParam();
  Random random(static_cast<unsigned>(shift));
  for (const Kernels* kernels : supported_kernels()) {
    for (const Element element : {Element::byte, Element::word}) {
      if (element == Element::byte && !kernels->has_bytes) continue;
      const int limit = element == Element::byte ? 127 : 32767;
      std::vector<std::int32_t> a, b;
      for (int i = 0; i < 1500; ++i) {
        a.push_back(i < 4 ? (i % 2 ? limit : -limit) : static_cast<int>(random() % (2 * limit + 1)) - limit);
        b.push_back(i < 4 ? (i / 2 ? limit : -limit) : static_cast<int>(random() % (2 * limit + 1)) - limit);
      }
      for (const int multiplier : {1, 32768, 65535, static_cast<int>(random() % 65535) + 1}) {
        const Addition numbers{std::ssize(a), multiplier, 65535 - multiplier / 2, shift, -limit, limit - 1};
        const std::size_t bytes = a.size() * size_of(element);
        std::vector<std::byte> left(bytes), right(bytes), out(bytes);
        kernels->store(a.data(), std::ssize(a), left.data(), element, 0);
        kernels->store(b.data(), std::ssize(b), right.data(), element, 0);
        kernels->add(numbers, left.data(), element, right.data(), element, out.data(), element);
        std::vector<std::int32_t> codes(a.size());
        kernels->load(out.data(), element, 0, std::ssize(codes), codes.data());
        for (std::size_t i = 0; i < a.size(); ++i) {
          ASSERT_EQ(codes[i], sluice_add(a[i], numbers.multiplier_a, b[i], numbers.multiplier_b, shift, numbers.low,
                                         numbers.high))
              << kernels->name << ": " << a[i] << " * " << multiplier << " + " << b[i] << " * " << numbers.multiplier_b;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(all, Shifts, ::testing::Range(1, SLUICE_SHIFT_MAX + 1));

}  // namespace
}  // namespace sluice::evaluate
