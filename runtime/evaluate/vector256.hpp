// SPDX-License-Identifier: Apache-2.0
// The 256-bit vectors that the AVX2 and AVX-512 kernels share: requantising, and depthwise filters on words.
//
// Depthwise: the codes of two taps are interleaved, so that vpmaddwd adds both products of a channel. Interleaving
// works within halves of 128 bits; channel_of() says which channel each lane holds, and packing puts them back in
// order. Include only from files compiled for AVX2 and more (see kernels_body.hpp).
#pragma once

#include <immintrin.h>

#include "runtime/evaluate/kernels_body.hpp"

namespace sluice::evaluate {
namespace {

struct Vector256 {
  using Sums = __m256i;
  static constexpr int kLanes = 8;

  SLUICE_INLINE static Sums load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
  SLUICE_INLINE static void store(void* to, Sums sums) { _mm256_storeu_si256(static_cast<__m256i*>(to), sums); }

  // The proof stands in kernels.cpp.
  SLUICE_INLINE static Sums requantise(Sums sums, Sums multipliers, const Requantise& q) {
    const Sums rounding = _mm256_set1_epi64x(q.rounding);
    Sums even = _mm256_mul_epi32(sums, multipliers);
    Sums odd = _mm256_mul_epi32(_mm256_srli_epi64(sums, 32), _mm256_srli_epi64(multipliers, 32));
    if (q.product_scale > 0) {
      const __m128i bits = _mm_cvtsi32_si128(q.product_scale);
      even = _mm256_sll_epi64(even, bits), odd = _mm256_sll_epi64(odd, bits);
    }
    Sums even_rounded = _mm256_add_epi64(even, rounding), odd_rounded = _mm256_add_epi64(odd, rounding);
    if (q.rounds_negative) {
      even_rounded = _mm256_sub_epi64(even_rounded, _mm256_srli_epi64(even, 63));
      odd_rounded = _mm256_sub_epi64(odd_rounded, _mm256_srli_epi64(odd, 63));
    }
    const Sums upper = _mm256_blend_epi32(_mm256_srli_epi64(even_rounded, 32), odd_rounded, 0xAA);
    const Sums codes = _mm256_sra_epi32(upper, _mm_cvtsi32_si128(q.extra_shift));
    return _mm256_min_epi32(_mm256_max_epi32(codes, _mm256_set1_epi32(q.low)), _mm256_set1_epi32(q.high));
  }
};

// Writes the first `count` of the elements held by `vector`.
template <typename Vector>
SLUICE_INLINE void put_some(void* to, Vector vector, int count, int element_size) {
  if (count * element_size == sizeof vector) {
    __builtin_memcpy(to, &vector, sizeof vector);
  } else {
    __builtin_memcpy(to, &vector, static_cast<std::size_t>(count * element_size));
  }
}

struct DepthwiseWord256 : Vector256 {
  using Code = std::int16_t;
  static constexpr int kTaps = 2, kSums = 2;

  static int channel_of(int sum, int lane) { return lane / 4 * 8 + 4 * sum + lane % 4; }

  SLUICE_INLINE static void interleave(const Code* window, const std::int32_t* taps, Sums* codes) {
    const Sums a = load(window + taps[0]), b = load(window + taps[1]);
    codes[0] = _mm256_unpacklo_epi16(a, b);
    codes[1] = _mm256_unpackhi_epi16(a, b);
  }
  SLUICE_INLINE static Sums dot(Sums sums, Sums codes, Sums weights) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(codes, weights));
  }
  SLUICE_INLINE static void put_block(const Sums* codes, void* out, std::int64_t at, Element element, int count) {
    const __m256i words = _mm256_packs_epi32(codes[0], codes[1]);
    if (element == Element::word) return put_some(static_cast<std::int16_t*>(out) + at, words, count, 2);
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(words, words), 0x08);
    put_some(static_cast<std::uint8_t*>(out) + at, _mm_xor_si128(_mm256_castsi256_si128(bytes), _mm_set1_epi8(-128)),
             count, 1);
  }
};

}  // namespace
}  // namespace sluice::evaluate
