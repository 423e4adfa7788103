// SPDX-License-Identifier: Apache-2.0
// Kernels: the inner loops of the evaluator for one instruction set.
//
// Why apart: only the files kernels_*.cpp know instruction sets. Each is compiled for its own, and one is picked at
// start. Their common text is kernels_body.hpp.
//
// The idea: maps lie in memory in the form in which a multiplier reads them, pixel by pixel, channels innermost.
//   byte: code + 128 as unsigned 8 bits, for vpdpbusd (unsigned activations times signed weights, 4 products a lane);
//         sum w * (a + 128) = sum w * a + 128 * sum w, and the second term is taken off the bias once.
//   word: the code as signed 16 bits, for vpmaddwd / vpdpwssd (2 products a lane).
// Products and sums are 32-bit and wrap, never saturate; so every order of adding gives the definition's number.
//
// Before: pointers as stated; up to kSlack bytes after a map may be read. After: exactly numbers.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::evaluate {

enum class Element : std::uint8_t { byte, word };

inline constexpr int kSlack = 64;        // readable bytes after every map
inline constexpr int kTilePixels = 8;    // output pixels whose sums are held in registers together
inline constexpr int kBlockVectors = 3;  // at most so many vectors of filters with them

inline constexpr std::size_t size_of(Element element) { return element == Element::byte ? 1 : 2; }

// A sum to a code. Multipliers and products are scaled so that the code is the product's upper half; see requantiser().
struct Requantise {
  int scale = 0;                // bits the multipliers are shifted to the left beforehand
  int product_scale = 0;        // bits the products are
  std::int64_t rounding = 0;    // half a code, scaled alike
  int extra_shift = 0;          // shift - 32 where that is positive
  bool rounds_negative = true;  // false where negative codes are clamped away anyway
  int plain_shift = 0;          // above 0: shifts too short to be scaled; numbers.h itself, multipliers as they are
  int low = 0, high = 0;
};

// Input of a convolution: border of zeros, small codes to zero, bytes to words where asked.
struct Operand {
  Element from, to;
  int height, width, channels;
  int top, left, bottom, right;
  int threshold;
};

// Up to kBlockVectors vectors of filters, computed together.
struct FilterBlock {
  int first, vectors, last_count;  // first filter; filters in the last vector
  std::size_t weights;             // offset in bytes
};

struct Convolution {
  Element operand, out;
  const std::int32_t* pixels;  // per output pixel: element offset of its window; filled up to whole tiles
  int pixel_count;
  int rows, row_step;  // kernel rows; elements from one to the next
  int row_steps;       // dot instructions along a row (its elements, rounded up)
  int filters;
  const FilterBlock* blocks;
  int block_count;
  const std::byte* weights;  // [block][row][step][vector][lane][element of the dot]
  const std::int32_t* bias;  // per lane, like multiplier
  const std::int32_t* multiplier;
  Requantise requantise;
};

struct Depthwise {
  Element operand, out;
  const std::int32_t* pixels;  // per output pixel: element offset of its window
  int pixel_count;
  const std::int32_t* taps;  // element offsets in the window, filled up to whole dots
  int tap_count;
  int channels;
  const std::byte* weights;  // [channel block][group of taps][sum][lane][tap]
  const std::int32_t* bias;  // [channel block][sum][lane], like multiplier
  const std::int32_t* multiplier;
  Requantise requantise;
};

struct Addition {
  std::int64_t size;
  int multiplier_a, multiplier_b, shift, low, high;
};

// How the weights must lie for this instruction set.
struct Layout {
  int lanes;           // filters in a vector
  int dot;             // elements in a lane: products one instruction adds
  int channels;        // depthwise: channels in a block
  int depthwise_sums;  // depthwise: vectors of sums for them
  int depthwise_lanes;
  // depthwise: channel within the block of lane `lane` of sum `sum`
  int (*channel_of)(int sum, int lane);
};

struct Kernels {
  const char* name;
  bool has_bytes;  // false: every map is words
  Layout bytes, words;

  void (*prepare)(const Operand&, const void* in, void* out);
  void (*convolve)(const Convolution&, const void* in, void* out);
  void (*depthwise)(const Depthwise&, const void* in, void* out);
  void (*add)(const Addition&, const void* a, Element a_element, const void* b, Element b_element, void* out,
              Element out_element);
  void (*load)(const void* map, Element, std::int64_t first, std::int64_t count, std::int32_t* codes);
  void (*store)(const std::int32_t* codes, std::int64_t count, void* map, Element, std::int64_t first);
  // sums[c] += or = max(sums[c], map[first + c])
  void (*accumulate)(const void* map, Element, std::int64_t first, std::int64_t count, std::int32_t* sums);
  void (*maximise)(const void* map, Element, std::int64_t first, std::int64_t count, std::int32_t* largest);
  // Which codes are not zero and reach the threshold: a bit each, from the lowest of bits[0] on. Bits of the last word
  // after `count` are undefined.
  void (*live_bits)(const void* map, Element, std::int64_t count, int threshold, std::uint64_t* bits);
  // (sums in 32 bits, multipliers scaled) -> codes; count rounded up to `words.lanes` entries
  void (*requantise)(const std::int32_t* sums, const std::int32_t* multipliers, const Requantise&, std::int64_t count,
                     std::int32_t* codes);
  // Pre-activation codes -> values of the curve whose segments have these lines (CURVE_LINE of device/contract/wire.h);
  // count rounded up to `words.lanes` entries.
  void (*curve_values)(const std::int32_t* codes, const std::uint32_t* lines, int segment_bits, std::int64_t count,
                       std::int32_t* values);
};

// What this machine can run, best first; never empty.
const std::vector<const Kernels*>& supported_kernels();

// How sums below 2^sum_bits become codes under a shift and a clamp.
Requantise requantiser(int shift, int low, int high, int sum_bits = 31);

}  // namespace sluice::evaluate
