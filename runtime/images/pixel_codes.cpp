// SPDX-License-Identifier: Apache-2.0
// Finds the lines of pixel_codes.hpp, and computes codes by them.
#include "runtime/images/pixel_codes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice {
namespace {

constexpr int kPixels = 256, kLargestShift = 20;
constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

// Compiled for each kind of vectors; the caller has seen that the processor has it.
inline __attribute__((always_inline)) void fill(const std::uint8_t* pixels, const std::int32_t* multiplier,
                                                const std::int32_t* addend, int shift, std::int32_t least,
                                                std::int32_t most, std::size_t count, std::int16_t* codes) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t code = (pixels[i] * multiplier[i] + addend[i]) >> shift;
    codes[i] = static_cast<std::int16_t>(std::min(most, std::max(least, code)));
  }
}

__attribute__((target("avx2"))) void fill_avx2(const std::uint8_t* pixels, const std::int32_t* multiplier,
                                               const std::int32_t* addend, int shift, std::int32_t least,
                                               std::int32_t most, std::size_t count, std::int16_t* codes) {
  fill(pixels, multiplier, addend, shift, least, most, count, codes);
}

__attribute__((target("avx512f,avx512bw,avx512vl,prefer-vector-width=512"))) void fill_avx512(
    const std::uint8_t* pixels, const std::int32_t* multiplier, const std::int32_t* addend, int shift,
    std::int32_t least, std::int32_t most, std::size_t count, std::int16_t* codes) {
  fill(pixels, multiplier, addend, shift, least, most, count, codes);
}

bool has_avx512() { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"); }

}  // namespace

PixelCodes::PixelCodes(const IntegerNetwork& network) : width_(static_cast<std::size_t>(network.input.width)) {
  std::vector<double> slopes;
  for (int c = 0; c < network.input.channels; ++c) {
    table_.push_back(pixel_table(network, c));
    slopes.push_back(1 / (network.preprocess.deviation[std::size_t(c)] * network.input_scale));
  }
  if (table_.empty()) return;
  least_ = most_ = table_[0][0];
  for (const auto& table : table_) {
    least_ = std::min<std::int32_t>(least_, *std::min_element(table.begin(), table.end()));
    most_ = std::max<std::int32_t>(most_, *std::max_element(table.begin(), table.end()));
  }
  if (!__builtin_cpu_supports("avx2")) return;
  fill_row_ = has_avx512() ? fill_avx512 : fill_avx2;
  for (int shift = kLargestShift; shift >= 0 && !is_line(); --shift) find_lines(shift, slopes);
}

bool PixelCodes::find_lines(int shift, const std::vector<double>& slopes) {
  std::vector<Line> lines(table_.size());
  for (std::size_t c = 0; c < table_.size(); ++c)
    if (!find_line(table_[c], shift, slopes[c], lines[c])) return false;
  shift_ = shift;
  for (std::size_t x = 0; x < width_; ++x) {
    for (const Line& line : lines) {
      multiplier_.push_back(line.multiplier);
      addend_.push_back(line.addend);
    }
  }
  return true;
}

// What is cut off at an end of the table may lie beyond it, so it bounds the addend from one side alone.
bool PixelCodes::find_line(const std::vector<std::int16_t>& table, int shift, double slope, Line& line) const {
  const double ideal = std::ldexp(slope, shift);
  if (!(std::abs(ideal) * kPixels < double(kLargest))) return false;
  for (const std::int64_t multiplier : {std::llround(ideal), std::llround(ideal) - 1, std::llround(ideal) + 1}) {
    std::int64_t low = -kLargest, high = kLargest;
    for (int pixel = 0; pixel < kPixels; ++pixel) {
      const std::int64_t code = table[std::size_t(pixel)], product = pixel * multiplier;
      if (code != least_) low = std::max(low, (code << shift) - product);
      if (code != most_) high = std::min(high, ((code + 1) << shift) - 1 - product);
    }
    const std::int64_t addend = low + (high - low) / 2;
    const std::int64_t at_end = addend + (kPixels - 1) * multiplier;
    if (low > high || std::abs(addend) > kLargest || std::abs(at_end) > kLargest) continue;
    line = {static_cast<std::int32_t>(multiplier), static_cast<std::int32_t>(addend)};
    return true;
  }
  return false;
}

void PixelCodes::fill(const std::uint8_t* pixels, std::int16_t* codes) const {
  if (is_line()) {
    return fill_row_(pixels, multiplier_.data(), addend_.data(), shift_, least_, most_, multiplier_.size(), codes);
  }
  for (std::size_t x = 0; x < width_; ++x)
    for (const auto& table : table_) *codes++ = table[*pixels++];
}

}  // namespace sluice
