// SPDX-License-Identifier: Apache-2.0
// LiveBits: which codes of a map count under a threshold, one bit a code.
//
// Why: the counters ask of codes only whether they are live. A bit a code keeps a map in the first-level cache, and 64
// codes are asked at once. A pixel begins at a word of its own, so that beats and vectors of a pixel are fields of its
// words. A map is read once for each threshold, whichever engines count on it.
//
// Before: the map stands in the evaluator's form. After: bits past a pixel's channels are zero.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>

#include "runtime/base/handover.hpp"
#include "runtime/bundle/network.hpp"

// A function that counts ones: compiled with the processor's instruction, too, and chosen at start. That is before the
// thread sanitizer's own start, which the choosing function would call.
#if defined(__x86_64__) && !defined(SLUICE_THREAD_SANITIZER)
#define SLUICE_POPCOUNT_CLONES __attribute__((target_clones("popcnt", "default")))
#else
#define SLUICE_POPCOUNT_CLONES
#endif

namespace sluice {

// Of a code or a weight.
inline bool is_live(int code, int threshold) { return code != 0 && std::abs(code) >= threshold; }

// `count` <= 64 bits from bit `first` on.
inline std::uint64_t bit_field(const std::uint64_t* words, int first, int count) {
  const int shift = first % 64;
  std::uint64_t field = words[first / 64] >> shift;
  if (shift + count > 64) field |= words[first / 64 + 1] << (64 - shift);
  return count == 64 ? field : field & ((std::uint64_t{1} << count) - 1);
}

struct LiveBits {
  int height = 0, width = 0;
  int words = 0;  // of a pixel
  const std::uint64_t* bits = nullptr;

  const std::uint64_t* pixel(int y, int x) const { return bits + (std::size_t(y) * width + x) * words; }

  // How many of the channels first..first + count - 1 of a pixel are live.
  static int live(const std::uint64_t* pixel, int first, int count) {
    int live = 0;
    for (const int end = first + count; first < end; first += 64)
      live += std::popcount(bit_field(pixel, first, std::min(64, end - first)));
    return live;
  }
};

// The kernel positions that lie within the map, for output position `at` along one axis: first..end - 1.
struct KernelRange {
  int first, end;
  KernelRange(int at, int stride, int pad, int kernel, int size)
      : first(std::max(0, pad - at * stride)), end(std::min(kernel, size + pad - at * stride)) {}
};

// Words of a pixel of `channels`.
constexpr int words_of(int channels) { return (channels + 63) / 64; }

// A stream of bits, a pixel's after the other's, to pixels that begin at words.
inline void align_pixels(const std::uint64_t* stream, std::int64_t pixels, int channels, std::uint64_t* bits) {
  if (64 % channels == 0) {  // several pixels in each word of the stream
    const std::uint64_t mask = (std::uint64_t{1} << channels) - 1;
    const int in_word = 64 / channels;
    for (std::int64_t p = 0; p < pixels; p += in_word, ++stream) {
      const auto count = static_cast<int>(std::min<std::int64_t>(in_word, pixels - p));
      for (int i = 0; i < count; ++i) *bits++ = *stream >> (i * channels) & mask;
    }
    return;
  }
  const int words = words_of(channels);
  std::int64_t at = 0;
  for (std::int64_t p = 0; p < pixels; ++p, at += channels) {
    for (int w = 0; w < words; ++w) {
      const std::int64_t first = at + 64 * w;
      *bits++ = bit_field(stream + first / 64, static_cast<int>(first % 64), std::min(64, channels - 64 * w));
    }
  }
}

}  // namespace sluice
