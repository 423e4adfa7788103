// SPDX-License-Identifier: Apache-2.0
// The inner loop of PairCounts for windows that leave a map its size: 64 windows of a channel at once.
//
// Why: what all filters count on a channel's taps is a function of their mask, at most nine bits, and a look-up for
// each window and channel took most of the counting time. The idea: a channel's live bits are a plane, one bit a pixel.
// Shifted by a tap's offset, 64 bits of it are that tap of 64 windows. With AVX-512 VBMI seven taps make 64 indices of
// a byte, four permutations look them up in 512 bytes that stay in registers, and the last two taps choose among the
// four.
//
// Before: the plane has plane_guard() words of zeros on either side, and zeros after its last pixel. After: sums of all
// windows.
#pragma once

#include <cstdint>

namespace sluice::evaluate {

inline constexpr int kMostTaps = 9;
inline constexpr int kTapTable = 1 << kMostTaps;

struct TapWindows {
  int taps = 0;
  int blocks = 0;                          // of 64 windows
  std::uint64_t last_block = 0;            // a bit for each window of the last block
  int offsets[kMostTaps] = {};             // of each tap's pixel from the window's, in pixels
  const std::uint64_t* columns = nullptr;  // [tap][block]: windows whose tap lies in the map's columns
};

// How many words of zeros an offset may reach into.
inline int plane_guard(const TapWindows& windows) {
  int most = 0;
  for (int t = 0; t < windows.taps; ++t) {
    const int offset = windows.offsets[t];
    most = most > (offset < 0 ? -offset : offset) ? most : (offset < 0 ? -offset : offset);
  }
  return most / 64 + 2;
}

struct TapSums {
  std::uint64_t cycles = 0, zeros = 0;
  std::uint32_t live[kMostTaps] = {};  // of each tap
};

// `cycles` and `zeros`: kTapTable bytes each, by mask.
using TapLookUp = TapSums (*)(const TapWindows& windows, const std::uint64_t* plane, const std::uint8_t* cycles,
                              const std::uint8_t* zeros);

// Null where this machine has no such instructions; then tables are read window by window.
TapLookUp supported_tap_look_up();

// 64 words of 64 bits: bit i of word j becomes bit j of word i.
void transpose_bits(std::uint64_t* words);

}  // namespace sluice::evaluate
