// SPDX-License-Identifier: Apache-2.0
// AVX-512 with VNNI: vpdpbusd adds 64 products of bytes an instruction, vpdpwssd 32 of words; neither saturates.
#include "runtime/evaluate/kernels_isa.hpp"
#include "runtime/evaluate/vector256.hpp"

namespace sluice::evaluate {
namespace {

struct Avx512 {
  using Sums = __m512i;
  static constexpr int kLanes = 16;
  static constexpr bool kHasBytes = true;

  SLUICE_INLINE static Sums load(const void* from) { return _mm512_loadu_si512(from); }
  SLUICE_INLINE static void store(void* to, Sums sums) { _mm512_storeu_si512(to, sums); }

  SLUICE_INLINE static Sums requantise(Sums sums, Sums multipliers, const Requantise& q) {
    const Sums rounding = _mm512_set1_epi64(q.rounding);
    Sums even = _mm512_mul_epi32(sums, multipliers);
    Sums odd = _mm512_mul_epi32(_mm512_srli_epi64(sums, 32), _mm512_srli_epi64(multipliers, 32));
    if (q.product_scale > 0) {
      const __m128i bits = _mm_cvtsi32_si128(q.product_scale);
      even = _mm512_sll_epi64(even, bits), odd = _mm512_sll_epi64(odd, bits);
    }
    Sums even_rounded = _mm512_add_epi64(even, rounding), odd_rounded = _mm512_add_epi64(odd, rounding);
    if (q.rounds_negative) {
      even_rounded = _mm512_sub_epi64(even_rounded, _mm512_srli_epi64(even, 63));
      odd_rounded = _mm512_sub_epi64(odd_rounded, _mm512_srli_epi64(odd, 63));
    }
    const Sums upper = _mm512_mask_shuffle_epi32(odd_rounded, 0x5555, even_rounded, _MM_PERM_DDBB);
    const Sums codes = _mm512_sra_epi32(upper, _mm_cvtsi32_si128(q.extra_shift));
    return _mm512_min_epi32(_mm512_max_epi32(codes, _mm512_set1_epi32(q.low)), _mm512_set1_epi32(q.high));
  }

  SLUICE_INLINE static void put(Sums codes, void* out, std::int64_t at, Element element, int count) {
    const auto mask = static_cast<__mmask16>((1u << count) - 1);
    if (element == Element::byte) {
      const __m128i bytes = _mm_xor_si128(_mm512_cvtepi32_epi8(codes), _mm_set1_epi8(-128));
      if (count == kLanes)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<std::uint8_t*>(out) + at), bytes);
      else
        _mm_mask_storeu_epi8(static_cast<std::uint8_t*>(out) + at, mask, bytes);
    } else {
      const __m256i words = _mm512_cvtepi32_epi16(codes);
      _mm256_mask_storeu_epi16(static_cast<std::int16_t*>(out) + at, mask, words);
    }
  }

  SLUICE_INLINE static std::uint32_t live(const std::uint8_t* codes, int least) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes));
    const __m256i magnitudes = _mm256_abs_epi8(_mm256_xor_si256(bytes, _mm256_set1_epi8(-128)));
    return _mm256_cmpge_epu8_mask(magnitudes, _mm256_set1_epi8(static_cast<char>(least)));
  }
  SLUICE_INLINE static std::uint32_t live(const std::int16_t* codes, int least) {
    const Sums magnitudes = _mm512_abs_epi16(_mm512_loadu_si512(codes));
    return _mm512_cmpge_epu16_mask(magnitudes, _mm512_set1_epi16(static_cast<short>(least)));
  }

  template <typename CodeType>
  struct Broadcast {
    using Code = CodeType;
    static constexpr int kDot = 4 / sizeof(Code);
    SLUICE_INLINE static Sums broadcast(const Code* from) {
      std::int32_t four_bytes;
      __builtin_memcpy(&four_bytes, from, 4);
      return _mm512_set1_epi32(four_bytes);
    }
  };
  struct ByteDot : Broadcast<std::uint8_t> {
    SLUICE_INLINE static Sums dot(Sums sums, Sums activations, Sums weights) {
      return _mm512_dpbusd_epi32(sums, activations, weights);
    }
  };
  struct WordDot : Broadcast<std::int16_t> {
    SLUICE_INLINE static Sums dot(Sums sums, Sums activations, Sums weights) {
      return _mm512_dpwssd_epi32(sums, activations, weights);
    }
  };

  using DepthwiseWord = DepthwiseWord256;
  // Four taps at a time, as DepthwiseWord256 two.
  struct DepthwiseByte : Vector256 {
    using Code = std::uint8_t;
    static constexpr int kTaps = 4, kSums = 4;

    static int channel_of(int sum, int lane) { return lane / 4 * 16 + 4 * sum + lane % 4; }

    SLUICE_INLINE static void interleave(const Code* window, const std::int32_t* taps, __m256i* codes) {
      const __m256i a = load(window + taps[0]), b = load(window + taps[1]), c = load(window + taps[2]),
                    d = load(window + taps[3]);
      const __m256i ab_low = _mm256_unpacklo_epi8(a, b), ab_high = _mm256_unpackhi_epi8(a, b);
      const __m256i cd_low = _mm256_unpacklo_epi8(c, d), cd_high = _mm256_unpackhi_epi8(c, d);
      codes[0] = _mm256_unpacklo_epi16(ab_low, cd_low);
      codes[1] = _mm256_unpackhi_epi16(ab_low, cd_low);
      codes[2] = _mm256_unpacklo_epi16(ab_high, cd_high);
      codes[3] = _mm256_unpackhi_epi16(ab_high, cd_high);
    }
    SLUICE_INLINE static __m256i dot(__m256i sums, __m256i codes, __m256i weights) {
      return _mm256_dpbusd_epi32(sums, codes, weights);
    }
    SLUICE_INLINE static void put_block(const __m256i* codes, void* out, std::int64_t at, Element element, int count) {
      const __m256i first = _mm256_packs_epi32(codes[0], codes[1]), second = _mm256_packs_epi32(codes[2], codes[3]);
      if (element == Element::byte) {
        const __m256i bytes = _mm256_xor_si256(_mm256_packs_epi16(first, second), _mm256_set1_epi8(-128));
        const auto mask = static_cast<__mmask32>((std::uint64_t{1} << count) - 1);
        _mm256_mask_storeu_epi8(static_cast<std::uint8_t*>(out) + at, mask, bytes);
      } else {
        auto* to = static_cast<std::int16_t*>(out) + at;
        put_some(to, _mm256_permute2x128_si256(first, second, 0x20), count < 16 ? count : 16, 2);
        if (count > 16) put_some(to + 16, _mm256_permute2x128_si256(first, second, 0x31), count - 16, 2);
      }
    }
  };
};

}  // namespace

const Kernels& avx512_kernels() {
  static constexpr Kernels kernels = kernels_of<Avx512>("AVX-512 VNNI", layout<Avx512::DepthwiseByte, Avx512>());
  return kernels;
}

}  // namespace sluice::evaluate
