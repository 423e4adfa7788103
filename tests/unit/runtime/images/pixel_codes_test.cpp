// SPDX-License-Identifier: Apache-2.0
// Codes computed by lines are those of the table, for every pixel and many ways to prepare pixels.
#include "runtime/images/pixel_codes.hpp"

#include <iostream>
#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

// A row of all 256 pixels, each in every channel.
void expect_table(const IntegerNetwork& network, const PixelCodes& codes) {
  std::vector<std::uint8_t> pixels;
  for (int pixel = 0; pixel < 256; ++pixel)
    pixels.insert(pixels.end(), std::size_t(network.input.channels), static_cast<std::uint8_t>(pixel));
  std::vector<std::int16_t> row(pixels.size());
  codes.fill(pixels.data(), row.data());
  for (int c = 0; c < network.input.channels; ++c) {
    const std::vector<std::int16_t> table = pixel_table(network, c);
    for (int pixel = 0; pixel < 256; ++pixel)
      ASSERT_EQ(row[std::size_t(pixel * network.input.channels + c)], table[std::size_t(pixel)])
          << "pixel " << pixel << ", channel " << c;
  }
}

TEST(PixelCodes, are_those_of_the_table_whatever_the_preprocessing) {
  constexpr unsigned kSeed = 11, kNetworks = 3000;
  std::mt19937 random(kSeed);
  const auto uniform = [&](double low, double high) { return std::uniform_real_distribution(low, high)(random); };
  int lines = 0;
  for (unsigned n = 0; n < kNetworks; ++n) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", network " + std::to_string(n));
    IntegerNetwork network;
    network.input = {1, 256, random() % 2 == 0 ? 1 : 3};
    network.input_bits = random() % 3 == 0 ? 16 : 8;
    network.input_scale = uniform(0.2, 3) / (network.input_bits == 16 ? 256 : 1);
    for (int c = 0; c < network.input.channels; ++c) {
      network.preprocess.mean.push_back(random() % 4 == 0 ? double(random() % 256) : uniform(-50, 255));
      network.preprocess.deviation.push_back(random() % 4 == 0 ? double(1 + random() % 128) : uniform(0.2, 128));
    }
    const PixelCodes codes(network);
    lines += codes.is_line();
    expect_table(network, codes);
    if (HasFatalFailure()) return;
  }
  std::cout << lines << " of " << kNetworks << " by lines\n";
  if (__builtin_cpu_supports("avx2")) {
    EXPECT_GT(lines, int(kNetworks * 9 / 10));
  }
}

}  // namespace
}  // namespace sluice
