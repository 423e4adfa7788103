// SPDX-License-Identifier: Apache-2.0
// AVX-512 VBMI look-ups, and the transposition of bits (see kernels_taps.hpp).
#include "runtime/evaluate/kernels_taps.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__x86_64__)
#define SLUICE_WIDE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SLUICE_WIDE_CLONES
#endif

namespace sluice::evaluate {
namespace {

#if defined(__x86_64__)

#define SLUICE_TAPS_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi,popcnt")))

// 512 bytes in registers.
struct Table {
  __m512i parts[8];
};

SLUICE_TAPS_TARGET inline Table table_of(const std::uint8_t* bytes) {
  Table table;
  for (int i = 0; i < 8; ++i) table.parts[i] = _mm512_loadu_si512(bytes + 64 * i);
  return table;
}

// `seventh` and `eighth`: those bits of each index.
SLUICE_TAPS_TARGET inline __m512i look_up(const Table& table, __m512i index, __mmask64 seventh, __mmask64 eighth) {
  const __m512i a = _mm512_permutex2var_epi8(table.parts[0], index, table.parts[1]);
  const __m512i b = _mm512_permutex2var_epi8(table.parts[2], index, table.parts[3]);
  const __m512i c = _mm512_permutex2var_epi8(table.parts[4], index, table.parts[5]);
  const __m512i d = _mm512_permutex2var_epi8(table.parts[6], index, table.parts[7]);
  return _mm512_mask_blend_epi8(eighth, _mm512_mask_blend_epi8(seventh, a, b), _mm512_mask_blend_epi8(seventh, c, d));
}

SLUICE_TAPS_TARGET TapSums avx512_tap_look_up(const TapWindows& windows, const std::uint64_t* plane,
                                              const std::uint8_t* cycle_bytes, const std::uint8_t* zero_bytes) {
  const Table cycles = table_of(cycle_bytes), zeros = table_of(zero_bytes);
  const __m512i none = _mm512_setzero_si512();
  __m512i cycle_sums = none, zero_sums = none;
  TapSums sums;
  int first_words[kMostTaps], shifts[kMostTaps];
  for (int t = 0; t < windows.taps; ++t) {
    first_words[t] = windows.offsets[t] >> 6;  // rounds down
    shifts[t] = windows.offsets[t] & 63;
  }
  for (int block = 0; block < windows.blocks; ++block) {
    std::uint64_t bits[kMostTaps] = {};
    for (int t = 0; t < windows.taps; ++t) {
      const std::uint64_t* word = plane + block + first_words[t];
      bits[t] = (word[0] >> shifts[t] | word[1] << 1 << (63 - shifts[t])) & windows.columns[t * windows.blocks + block];
      sums.live[t] += static_cast<std::uint32_t>(_mm_popcnt_u64(bits[t]));
    }
    __m512i index = none;
#pragma GCC unroll 7
    for (int t = 0; t < 7; ++t)
      index = _mm512_mask_add_epi8(index, bits[t], index, _mm512_set1_epi8(static_cast<char>(1 << t)));
    const __mmask64 real = block + 1 < windows.blocks ? ~__mmask64{0} : windows.last_block;
    const __m512i of_cycles = _mm512_maskz_mov_epi8(real, look_up(cycles, index, bits[7], bits[8]));
    const __m512i of_zeros = _mm512_maskz_mov_epi8(real, look_up(zeros, index, bits[7], bits[8]));
    cycle_sums = _mm512_add_epi64(cycle_sums, _mm512_sad_epu8(of_cycles, none));
    zero_sums = _mm512_add_epi64(zero_sums, _mm512_sad_epu8(of_zeros, none));
  }
  sums.cycles = static_cast<std::uint64_t>(_mm512_reduce_add_epi64(cycle_sums));
  sums.zeros = static_cast<std::uint64_t>(_mm512_reduce_add_epi64(zero_sums));
  return sums;
}

#endif

}  // namespace

TapLookUp supported_tap_look_up() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")) return avx512_tap_look_up;
#endif
  return nullptr;
}

// Halves of ever smaller squares change places (Warren, Hacker's Delight, 7-3).
SLUICE_WIDE_CLONES
void transpose_bits(std::uint64_t* words) {
  std::uint64_t mask = 0x00000000FFFFFFFFull;
  for (int half = 32; half != 0; half /= 2, mask ^= mask << half) {
    for (int square = 0; square < 64; square += 2 * half) {
      std::uint64_t *low = words + square, *high = low + half;
      for (int i = 0; i < half; ++i) {
        const std::uint64_t moved = (low[i] >> half ^ high[i]) & mask;
        high[i] ^= moved;
        low[i] ^= moved << half;
      }
    }
  }
}

}  // namespace sluice::evaluate
