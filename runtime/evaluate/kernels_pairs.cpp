// SPDX-License-Identifier: Apache-2.0
// Live pairs of eight pixels at once, or of one.
#include "runtime/evaluate/kernels_pairs.hpp"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "runtime/evaluate/live_bits.hpp"

namespace sluice::evaluate {
namespace {

SLUICE_POPCOUNT_CLONES
std::uint64_t plain_pair_issues(const std::uint64_t* masks, int words, int pixels, const std::uint64_t* weights,
                                int filters, std::uint16_t* most) {
  std::uint64_t pairs = 0;
  for (int p = 0; p < pixels; ++p) {
    std::uint64_t largest = 0;
    for (int f = 0; f < filters; ++f) {
      std::uint64_t live = 0;
      for (int w = 0; w < words; ++w)
        live += static_cast<std::uint64_t>(std::popcount(masks[w * kPairPixels + p] & weights[f * words + w]));
      pairs += live;
      largest = live > largest ? live : largest;
    }
    most[p] = static_cast<std::uint16_t>(largest);
  }
  return pairs;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vl,avx512vpopcntdq"))) std::uint64_t avx512_pair_issues(
    const std::uint64_t* masks, int words, int pixels, const std::uint64_t* weights, int filters, std::uint16_t* most) {
  __m512i pairs = _mm512_setzero_si512();
  for (int p = 0; p < pixels; p += 8) {
    __m512i largest = _mm512_setzero_si512();
    for (int f = 0; f < filters; ++f) {
      __m512i live = _mm512_setzero_si512();
      for (int w = 0; w < words; ++w) {
        const __m512i filter = _mm512_set1_epi64(static_cast<long long>(weights[f * words + w]));
        const __m512i mask = _mm512_loadu_si512(masks + w * kPairPixels + p);
        live = _mm512_add_epi64(live, _mm512_popcnt_epi64(_mm512_and_si512(mask, filter)));
      }
      pairs = _mm512_add_epi64(pairs, live);
      largest = _mm512_max_epu64(largest, live);
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(most + p), _mm512_cvtepi64_epi16(largest));
  }
  return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(pairs));
}
#endif

}  // namespace

const std::vector<PairKernel>& supported_pair_kernels() {
  static const std::vector<PairKernel> supported = [] {
    std::vector<PairKernel> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512vl"))
      found.push_back({"AVX-512 VPOPCNTDQ", avx512_pair_issues});
#endif
    found.push_back({"plain C++", plain_pair_issues});
    return found;
  }();
  return supported;
}

}  // namespace sluice::evaluate
