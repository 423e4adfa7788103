// SPDX-License-Identifier: Apache-2.0
// The text of the kernels, instantiated once per instruction set (kernels_*.cpp).
//
// Isa gives: Sums (a vector of 32-bit sums), kLanes, load, store, requantise(sums, multipliers, Requantise), put(codes,
// out, element, count), live(32 codes, least magnitude). Its Dot types ByteDot and WordDot give: Code, kDot, broadcast,
// dot. Its DepthwiseByte and DepthwiseWord give: Code, Sums, kTaps, kSums, kChannels, interleave, dot, load,
// requantise, put.
//
// A convolution holds kTilePixels x up to kBlockVectors vectors of sums in registers: each vector of weights is used
// for 8 pixels, each broadcast group of activations for 3 vectors, so loads are half of the multiplications. Windows
// are read where they lie, row by row (a kernel row is contiguous in NHWC); no im2col. Filters are the inner loop, so
// that a tile's activations stay in the first-level cache. The register-tile idea is that of BLIS and of oneDNN.
//
// The files that include this are compiled for instruction sets the machine may lack. Everything here has internal
// linkage and uses no inline function of the standard library, whose copy the linker might share with other files.
#pragma once

#include "device/contract/numbers.h"
#include "runtime/evaluate/kernels.hpp"

namespace sluice::evaluate {
namespace {

#define SLUICE_INLINE [[gnu::always_inline]] inline

inline constexpr int kByteZero = 128;

template <typename Fn>
SLUICE_INLINE auto with_element(const void* map, Element element, Fn fn) {
  return element == Element::byte ? fn(static_cast<const std::uint8_t*>(map), kByteZero)
                                  : fn(static_cast<const std::int16_t*>(map), 0);
}

template <typename Fn>
SLUICE_INLINE auto with_element(void* map, Element element, Fn fn) {
  return element == Element::byte ? fn(static_cast<std::uint8_t*>(map), kByteZero)
                                  : fn(static_cast<std::int16_t*>(map), 0);
}

void load(const void* map, Element element, std::int64_t first, std::int64_t count, std::int32_t* codes) {
  with_element(map, element, [&](const auto* from, int zero) {
    for (std::int64_t i = 0; i < count; ++i) codes[i] = from[first + i] - zero;
  });
}

void store(const std::int32_t* codes, std::int64_t count, void* map, Element element, std::int64_t first) {
  with_element(map, element, [&](auto* to, int zero) {
    for (std::int64_t i = 0; i < count; ++i) to[first + i] = codes[i] + zero;
  });
}

void accumulate(const void* map, Element element, std::int64_t first, std::int64_t count, std::int32_t* sums) {
  with_element(map, element, [&](const auto* from, int zero) {
    for (std::int64_t i = 0; i < count; ++i) sums[i] += from[first + i] - zero;
  });
}

void maximise(const void* map, Element element, std::int64_t first, std::int64_t count, std::int32_t* largest) {
  with_element(map, element, [&](const auto* from, int zero) {
    for (std::int64_t i = 0; i < count; ++i)
      largest[i] = from[first + i] - zero > largest[i] ? from[first + i] - zero : largest[i];
  });
}

// One row of the operand: codes below the threshold to zero.
template <typename From, typename To>
SLUICE_INLINE void copy_row(const From* from, int from_zero, To* to, int to_zero, std::int64_t count, int threshold) {
  if (threshold <= 1 && sizeof(From) == sizeof(To)) {
    __builtin_memcpy(to, from, static_cast<std::size_t>(count) * sizeof(To));
    return;
  }
  // 16 bits hold every code of either form and its magnitude, but for -32768 (below no threshold: compared unsigned).
  const auto limit = static_cast<std::uint16_t>(threshold);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto code = static_cast<std::int16_t>(from[i] - from_zero);
    const auto magnitude = static_cast<std::uint16_t>(code < 0 ? -code : code);
    to[i] = static_cast<To>((magnitude < limit ? 0 : code) + to_zero);
  }
}

template <typename To>
SLUICE_INLINE void fill_row(To* to, int zero, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<To>(zero);
}

void prepare(const Operand& o, const void* in, void* out) {
  const std::int64_t row = std::int64_t{o.width} * o.channels;
  const std::int64_t left = std::int64_t{o.left} * o.channels, right = std::int64_t{o.right} * o.channels;
  with_element(in, o.from, [&](const auto* from, int from_zero) {
    with_element(out, o.to, [&](auto* to, int to_zero) {
      fill_row(to, to_zero, o.top * (left + row + right) + left);
      to += o.top * (left + row + right) + left;
      for (int y = 0; y < o.height; ++y, from += row) {
        copy_row(from, from_zero, to, to_zero, row, o.threshold);
        to += row;
        // The end of this row and the begin of the next lie side by side.
        const std::int64_t gap = right + (y + 1 < o.height ? left : 0);
        fill_row(to, to_zero, gap);
        to += gap;
      }
      fill_row(to, to_zero, o.bottom * (left + row + right));
    });
  });
}

// Shifts too short for the vectors (see kernels.cpp).
[[gnu::noinline, gnu::cold]] void requantise_plainly(std::int32_t* sums, const std::int32_t* multipliers, int count,
                                                     const Requantise& q) {
  for (int i = 0; i < count; ++i) sums[i] = sluice_requantise(sums[i], multipliers[i], q.plain_shift, q.low, q.high);
}

// Codes from sums; `multipliers` points at the lanes of these sums.
template <typename Vector>
SLUICE_INLINE typename Vector::Sums to_codes(typename Vector::Sums sums, typename Vector::Sums multipliers,
                                             const Requantise& q) {
  if (q.plain_shift == 0) [[likely]]
    return Vector::requantise(sums, multipliers, q);
  std::int32_t sum[Vector::kLanes], multiplier[Vector::kLanes];
  Vector::store(sum, sums);
  Vector::store(multiplier, multipliers);
  requantise_plainly(sum, multiplier, Vector::kLanes, q);
  return Vector::load(sum);
}

template <typename Isa, typename Dot, int Pixels, int Vectors>
SLUICE_INLINE void tile(const Convolution& c, const FilterBlock& block, const typename Dot::Code* in, int first,
                        int count, void* out) {
  using Sums = typename Isa::Sums;
  using Code = typename Dot::Code;
  Sums sums[Pixels][Vectors];
  const Code* at[Pixels];
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p) at[p] = in + c.pixels[first + p];
#pragma GCC unroll 3
  for (int v = 0; v < Vectors; ++v) {
    const Sums bias = Isa::load(c.bias + block.first + v * Isa::kLanes);
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p) sums[p][v] = bias;
  }
  const std::byte* weights = c.weights + block.weights;
  const std::int64_t row_step = c.row_step, row_end = std::int64_t{c.row_steps} * Dot::kDot;
  for (std::int64_t row = 0, end = c.rows * row_step; row < end; row += row_step) {
    for (std::int64_t k = row; k < row + row_end; k += Dot::kDot) {
      Sums w[Vectors];
#pragma GCC unroll 3
      for (int v = 0; v < Vectors; ++v) w[v] = Isa::load(weights + v * sizeof(Sums));
      weights += Vectors * sizeof(Sums);
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        const Sums activations = Dot::broadcast(at[p] + k);
#pragma GCC unroll 3
        for (int v = 0; v < Vectors; ++v) sums[p][v] = Dot::dot(sums[p][v], activations, w[v]);
      }
    }
  }
  // Copies, because a store of bytes may change anything the compiler sees through a reference.
  const Requantise requantise = c.requantise;
  const Element element = c.out;
  const std::int64_t step = c.filters;
#pragma GCC unroll 3
  for (int v = 0; v < Vectors; ++v) {
    const Sums multipliers = Isa::load(c.multiplier + block.first + v * Isa::kLanes);
    const int filters = v + 1 == Vectors ? block.last_count : Isa::kLanes;
    std::int64_t to = first * step + block.first + v * Isa::kLanes;
#pragma GCC unroll 8
    for (int p = 0; p < Pixels; ++p, to += step) {
      if (p >= count) break;
      Isa::put(to_codes<Isa>(sums[p][v], multipliers, requantise), out, to, element, filters);
    }
  }
}

template <typename Isa, typename Dot, int Pixels>
SLUICE_INLINE void all_filters(const Convolution& c, const void* in, int first, int count, void* out) {
  const auto* codes = static_cast<const typename Dot::Code*>(in);
  for (int b = 0; b < c.block_count; ++b) {
    const FilterBlock& block = c.blocks[b];
    if (block.vectors == 1) tile<Isa, Dot, Pixels, 1>(c, block, codes, first, count, out);
    if (block.vectors == 2) tile<Isa, Dot, Pixels, 2>(c, block, codes, first, count, out);
    if (block.vectors == 3) tile<Isa, Dot, Pixels, 3>(c, block, codes, first, count, out);
  }
}

template <typename Isa, typename Dot>
void convolve_with(const Convolution& c, const void* in, void* out) {
  for (int first = 0; first < c.pixel_count;) {
    const int left = c.pixel_count - first;
    // One or two pixels left over are cheaper alone than a tile computed for nothing.
    if (left > 2) {
      const int count = left < kTilePixels ? left : kTilePixels;
      all_filters<Isa, Dot, kTilePixels>(c, in, first, count, out);
      first += count;
    } else {
      all_filters<Isa, Dot, 1>(c, in, first, 1, out);
      first += 1;
    }
  }
}

template <typename Isa>
void convolve(const Convolution& c, const void* in, void* out) {
  if constexpr (Isa::kHasBytes) {
    if (c.operand == Element::byte) return convolve_with<Isa, typename Isa::ByteDot>(c, in, out);
  }
  convolve_with<Isa, typename Isa::WordDot>(c, in, out);
}

template <typename Dot>
void depthwise_with(const Depthwise& d, const void* in, void* out) {
  using Sums = typename Dot::Sums;
  constexpr int kBlock = Dot::kSums * Dot::kLanes;  // = channels of a block
  const auto groups = d.tap_count / Dot::kTaps;
  for (int pixel = 0; pixel < d.pixel_count; ++pixel) {
    const auto* window = static_cast<const typename Dot::Code*>(in) + d.pixels[pixel];
    const std::byte* weights = d.weights;
    for (int channel = 0; channel < d.channels; channel += kBlock) {
      Sums sums[Dot::kSums], multipliers[Dot::kSums];
      for (int s = 0; s < Dot::kSums; ++s) sums[s] = Dot::load(d.bias + channel + s * Dot::kLanes);
      const std::int32_t* taps = d.taps;
      for (int group = 0; group < groups; ++group, taps += Dot::kTaps) {
        Sums codes[Dot::kSums];
        Dot::interleave(window + channel, taps, codes);
        for (int s = 0; s < Dot::kSums; ++s, weights += sizeof(Sums))
          sums[s] = Dot::dot(sums[s], codes[s], Dot::load(weights));
      }
      for (int s = 0; s < Dot::kSums; ++s) {
        multipliers[s] = Dot::load(d.multiplier + channel + s * Dot::kLanes);
        sums[s] = to_codes<Dot>(sums[s], multipliers[s], d.requantise);
      }
      const int left = d.channels - channel;
      Dot::put_block(sums, out, std::int64_t{pixel} * d.channels + channel, d.out, left < kBlock ? left : kBlock);
    }
  }
}

template <typename Isa>
void depthwise(const Depthwise& d, const void* in, void* out) {
  if constexpr (Isa::kHasBytes) {
    if (d.operand == Element::byte) return depthwise_with<typename Isa::DepthwiseByte>(d, in, out);
  }
  depthwise_with<typename Isa::DepthwiseWord>(d, in, out);
}

// Bytes to bytes. Two products of a byte and 16 bits, and half a code of at most 2^29, stay within 32 bits.
void add_bytes(Addition n, const std::uint8_t* __restrict a, const std::uint8_t* __restrict b,
               std::uint8_t* __restrict out) {
  const std::int32_t rounding = 1 << (n.shift - 1);
  for (std::int64_t i = 0; i < n.size; ++i) {
    const std::int32_t sum = (a[i] - kByteZero) * n.multiplier_a + (b[i] - kByteZero) * n.multiplier_b;
    std::int32_t code = (sum + rounding + (sum >> 31)) >> n.shift;  // rounds half away from zero: see kernels.cpp
    code = code < n.low ? n.low : code;
    code = code > n.high ? n.high : code;
    out[i] = static_cast<std::uint8_t>(code + kByteZero);
  }
}

void add(const Addition& n, const void* a, Element a_element, const void* b, Element b_element, void* out,
         Element out_element) {
  if (a_element == Element::byte && b_element == Element::byte && out_element == Element::byte && n.shift <= 30) {
    return add_bytes(n, static_cast<const std::uint8_t*>(a), static_cast<const std::uint8_t*>(b),
                     static_cast<std::uint8_t*>(out));
  }
  constexpr std::int64_t kPiece = 512;  // the 32-bit codes stay in the first-level cache
  std::int32_t left[kPiece], right[kPiece];
  for (std::int64_t first = 0; first < n.size; first += kPiece) {
    const std::int64_t count = n.size - first < kPiece ? n.size - first : kPiece;
    load(a, a_element, first, count, left);
    load(b, b_element, first, count, right);
    for (std::int64_t i = 0; i < count; ++i) {
      left[i] = sluice_add(left[i], n.multiplier_a, right[i], n.multiplier_b, n.shift, n.low, n.high);
    }
    store(left, count, out, out_element, first);
  }
}

// 32 codes at a time, so that no more than kSlack bytes after the map are read.
template <typename Isa, typename Code>
SLUICE_INLINE void live_bits_of(const Code* codes, std::int64_t count, int least, std::uint64_t* bits) {
  for (std::int64_t i = 0; i < count; i += 64) {
    std::uint64_t live = Isa::live(codes + i, least);
    if (i + 32 < count) live |= std::uint64_t{Isa::live(codes + i + 32, least)} << 32;
    bits[i / 64] = live;
  }
}

template <typename Isa>
void live_bits(const void* map, Element element, std::int64_t count, int threshold, std::uint64_t* bits) {
  const int least = threshold < 1 ? 1 : threshold;
  if constexpr (Isa::kHasBytes) {
    // No magnitude of a byte reaches 255.
    if (element == Element::byte)
      return live_bits_of<Isa>(static_cast<const std::uint8_t*>(map), count, least < 255 ? least : 255, bits);
  }
  live_bits_of<Isa>(static_cast<const std::int16_t*>(map), count, least < 65535 ? least : 65535, bits);
}

template <typename Isa>
void requantise(const std::int32_t* sums, const std::int32_t* multipliers, const Requantise& q, std::int64_t count,
                std::int32_t* codes) {
  for (std::int64_t i = 0; i < count; i += Isa::kLanes) {
    Isa::store(codes + i, to_codes<Isa>(Isa::load(sums + i), Isa::load(multipliers + i), q));
  }
}

// sluice_curve_value; base and slope are fetched as one word, so that a vector needs one gather.
template <typename Isa>
void curve_values(const std::int32_t* __restrict codes, const std::uint32_t* __restrict lines, int segment_bits,
                  std::int64_t count, std::int32_t* __restrict values) {
  for (std::int64_t first = 0; first < count; first += Isa::kLanes) {
    for (int lane = 0; lane < Isa::kLanes; ++lane) {
      const int code = codes[first + lane], segment = sluice_curve_segment(code, segment_bits);
      const auto line = static_cast<std::int32_t>(lines[segment & (SLUICE_CURVE_SEGMENTS - 1)]);
      const int base = static_cast<std::int16_t>(line), slope = line >> 16;
      values[first + lane] = sluice_curve_value(code, segment, segment_bits, base, slope);
    }
  }
}

template <typename Dot, typename Lane>
constexpr Layout layout() {
  return {Lane::kLanes,
          4 / static_cast<int>(sizeof(typename Dot::Code)),
          Dot::kSums * Dot::kLanes,
          Dot::kSums,
          Dot::kLanes,
          Dot::channel_of};
}

template <typename Isa>
constexpr Kernels kernels_of(const char* name, Layout bytes) {
  return {name,
          Isa::kHasBytes,
          bytes,
          layout<typename Isa::DepthwiseWord, Isa>(),
          prepare,
          convolve<Isa>,
          depthwise<Isa>,
          add,
          load,
          store,
          accumulate,
          maximise,
          live_bits<Isa>,
          requantise<Isa>,
          curve_values<Isa>};
}

}  // namespace
}  // namespace sluice::evaluate
