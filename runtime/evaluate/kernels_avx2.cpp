// SPDX-License-Identifier: Apache-2.0
// AVX2: vpmaddwd adds 16 products of words an instruction. No bytes: vpmaddubsw saturates its 16-bit pair sums, so it
// is not exact.
#include "runtime/evaluate/kernels_isa.hpp"
#include "runtime/evaluate/vector256.hpp"

namespace sluice::evaluate {
namespace {

struct Avx2 : Vector256 {
  static constexpr bool kHasBytes = false;

  SLUICE_INLINE static void put(Sums codes, void* out, std::int64_t at, Element, int count) {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
    put_some(static_cast<std::int16_t*>(out) + at, words, count, 2);
  }

  SLUICE_INLINE static std::uint32_t live(const std::int16_t* codes, int least) {
    const Sums bound = _mm256_set1_epi16(static_cast<short>(least));
    const Sums first = _mm256_abs_epi16(load(codes)), second = _mm256_abs_epi16(load(codes + 16));
    const Sums reach = _mm256_packs_epi16(_mm256_cmpeq_epi16(_mm256_max_epu16(first, bound), first),
                                          _mm256_cmpeq_epi16(_mm256_max_epu16(second, bound), second));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_permute4x64_epi64(reach, 0xD8)));
  }

  struct WordDot {
    using Code = std::int16_t;
    static constexpr int kDot = 2;
    SLUICE_INLINE static Sums broadcast(const Code* from) {
      std::int32_t pair;
      __builtin_memcpy(&pair, from, 4);
      return _mm256_set1_epi32(pair);
    }
    SLUICE_INLINE static Sums dot(Sums sums, Sums activations, Sums weights) {
      return _mm256_add_epi32(sums, _mm256_madd_epi16(activations, weights));
    }
  };
  using DepthwiseWord = DepthwiseWord256;
};

}  // namespace

const Kernels& avx2_kernels() {
  static constexpr Kernels kernels = kernels_of<Avx2>("AVX2", {});
  return kernels;
}

}  // namespace sluice::evaluate
