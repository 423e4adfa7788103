// SPDX-License-Identifier: Apache-2.0
// Chains of multiply-accumulate for each instruction set (see peak.hpp).
#include "tests/perf/peak.hpp"

#include <immintrin.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sluice::perf {
namespace {

constexpr int kChains = 12;
constexpr std::int64_t kRounds = 1'000'000;

double seconds(void (*work)()) {
  // Milliseconds each, often: some fall between other work on the machine.
  double best = 1e9;
  for (int i = 0; i < 40; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

// Empty asm at the begin keeps the compiler from seeing that all chains are equal, at the end makes every sum count.
#define SLUICE_EACH _Pragma("GCC unroll 12") for (int c = 0; c < kChains; ++c)
#define SLUICE_CHAINS(Vector, zero, step)                                \
  Vector sums[kChains], factor = zero;                                   \
  asm volatile("" : "+v"(factor));                                       \
  SLUICE_EACH asm volatile("" : "=v"(sums[c]) : "0"(factor));            \
  for (std::int64_t i = 0; i < kRounds; ++i) SLUICE_EACH sums[c] = step; \
  SLUICE_EACH asm volatile("" : : "v"(sums[c]));

[[gnu::target("avx512f,avx512vnni")]] void bytes512() {
  SLUICE_CHAINS(__m512i, _mm512_setzero_si512(), _mm512_dpbusd_epi32(sums[c], factor, factor))
}
[[gnu::target("avx512f")]] void floats512() {
  SLUICE_CHAINS(__m512, _mm512_setzero_ps(), _mm512_fmadd_ps(factor, factor, sums[c]))
}
[[gnu::target("avx2,fma")]] void words256() {
  SLUICE_CHAINS(__m256i, _mm256_setzero_si256(), _mm256_add_epi32(sums[c], _mm256_madd_epi16(sums[c], factor)))
}
[[gnu::target("avx2,fma")]] void floats256(){
    SLUICE_CHAINS(__m256, _mm256_setzero_ps(), _mm256_fmadd_ps(factor, factor, sums[c]))}

Peak peak_of(const char* instruction, void (*work)(), int macs) {
  return {instruction, double(kChains) * double(kRounds) * macs / seconds(work)};
}

}  // namespace

Peak integer_peak() {
  if (__builtin_cpu_supports("avx512vnni")) return peak_of("vpdpbusd zmm", bytes512, 64);
  return peak_of("vpmaddwd ymm", words256, 16);
}

Peak float_peak() {
  if (__builtin_cpu_supports("avx512f")) return peak_of("vfmadd zmm", floats512, 16);
  return peak_of("vfmadd ymm", floats256, 8);
}

double clock_hz() {
  constexpr std::int64_t kSteps = 6'000'000;
  const auto chain = [] {
    std::uint64_t value = 3;
    for (std::int64_t i = 0; i < kSteps; ++i) asm volatile("imul %0, %0" : "+r"(value));
  };
  return 3.0 * double(kSteps) / seconds(+chain);
}

}  // namespace sluice::perf
