// SPDX-License-Identifier: Apache-2.0
// PixelCodes: pixels of a row to the network's input codes, many at a time.
//
// Why: a code is pixel_table(network, channel)[pixel], and 150,000 look-ups of a picture of 224 x 224 take a fifth of
// the time that its decoding takes. The idea: the table is a line, rounded and cut off at its ends, so
//   code = clamp((pixel * multiplier + addend) >> shift, least, most)
// in 32-bit integers, which a processor computes eight or sixteen at a time. Whether numbers exist that give the table
// exactly is found out, not assumed: for each multiplier near the line's slope every pixel bounds the addend from both
// sides. Where the bounds leave none, and on a processor without AVX2, codes are looked up.
//
// Before: a network that validate() accepts. After: the codes of pixel_table(), whichever way they come. Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

class PixelCodes {
 public:
  explicit PixelCodes(const IntegerNetwork& network);

  // One row: the network's width of pixels, each with its channels in the network's order.
  void fill(const std::uint8_t* pixels, std::int16_t* codes) const;
  // Whether codes are computed rather than looked up.
  bool is_line() const { return !multiplier_.empty(); }

 private:
  struct Line {
    std::int32_t multiplier = 0, addend = 0;
  };
  bool find_lines(int shift, const std::vector<double>& slopes);
  bool find_line(const std::vector<std::int16_t>& table, int shift, double slope, Line& line) const;

  using FillRow = void (*)(const std::uint8_t*, const std::int32_t*, const std::int32_t*, int, std::int32_t,
                           std::int32_t, std::size_t, std::int16_t*);

  FillRow fill_row_ = nullptr;  // for this processor's vectors
  std::size_t width_ = 0;
  std::vector<std::vector<std::int16_t>> table_;  // per channel, 256 entries
  int shift_ = 0;
  std::int32_t least_ = 0, most_ = 0;
  std::vector<std::int32_t> multiplier_, addend_;  // of each code of a row; empty: there is no line
};

}  // namespace sluice
