// SPDX-License-Identifier: Apache-2.0
// The choice among instruction sets, and the numbers with which vectors requantise.
//
// Requantising in 32-bit lanes (proof). With b = 2^(shift-1) and v = sum * multiplier, rounding half away from zero is
//   floor((v + b) / 2^shift) for v >= 0   and   ceil((v - b) / 2^shift) = floor((v + b - 1) / 2^shift) for v < 0,
// since 2b = 2^shift. For 17 <= shift <= 32, e = 32 - shift <= 15: multiplier * 2^e < 2^31 is a signed 32-bit operand of
// a 32 x 32 -> 64-bit multiply, v * 2^e + b * 2^e < 2^62 + 2^31 does not overflow, and the upper half of that word is the
// floor by 2^32, which is the floor by 2^shift. Taking 1 off instead of 2^e changes no floor: all terms are multiples of
// 2^e. For shift > 32, e = 0 and the upper half is shifted on; floors of floors are floors. The code's low clamp hides
// the difference of 1 where low >= 0: both numbers are at most 0.
// For shift 16 the multiplier is scaled by 2^15 and the product doubled: (2^31 - 1)(2^16 - 1) 2^16 + 2^31 < 2^63.
// Shorter shifts belong to layers whose codes grow; they hardly occur and take numbers.h itself.
#include "compiler/evaluate/kernels.hpp"

#include <algorithm>

#include "compiler/evaluate/kernels_isa.hpp"

namespace sluice::evaluate {
namespace {

constexpr int kShortestShift = 16;

}  // namespace

Requantise requantiser(int shift, int low, int high) {
  Requantise r;
  r.low = low, r.high = high;
  r.rounds_negative = low < 0;
  if (shift < kShortestShift) {
    r.plain_shift = shift;
  } else if (shift <= 32) {
    r.rounding = std::int64_t{1} << 31;
    r.doubles = shift == kShortestShift;
  } else {
    r.rounding = std::int64_t{1} << (shift - 1);
    r.extra_shift = shift - 32;
  }
  return r;
}

std::int32_t scale(std::uint16_t multiplier, int shift) {
  if (shift < kShortestShift || shift >= 32) return multiplier;
  return static_cast<std::int32_t>(multiplier) << std::min(15, 32 - shift);
}

const std::vector<const Kernels*>& supported_kernels() {
  static const std::vector<const Kernels*> supported = [] {
    std::vector<const Kernels*> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      found.push_back(&avx512_kernels());
    }
    if (__builtin_cpu_supports("avx2")) found.push_back(&avx2_kernels());
#endif
    found.push_back(&plain_kernels());
    return found;
  }();
  return supported;
}

}  // namespace sluice::evaluate
