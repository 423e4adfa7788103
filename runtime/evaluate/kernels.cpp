// SPDX-License-Identifier: Apache-2.0
// The choice among instruction sets, and the numbers with which vectors requantise.
//
// Requantising in 32-bit lanes (proof). With b = 2^(shift-1) and v = sum * multiplier, rounding half away from zero is
//   floor((v + b) / 2^shift) for v >= 0   and   ceil((v - b) / 2^shift) = floor((v + b - 1) / 2^shift) for v < 0,
// since 2b = 2^shift. For 17 <= shift <= 32, e = 32 - shift <= 15: multiplier * 2^e < 2^31 is a signed 32-bit operand
// of a 32 x 32 -> 64-bit multiply, v * 2^e + b * 2^e < 2^62 + 2^31 does not overflow, and the upper half of that word
// is the floor by 2^32, which is the floor by 2^shift. Taking 1 off instead of 2^e changes no floor: all terms are
// multiples of 2^e. For shift > 32, e = 0 and the upper half is shifted on; floors of floors are floors. The code's low
// clamp hides the difference of 1 where low >= 0: both numbers are at most 0. For shorter shifts e = 15 and the product
// is shifted by p = 17 - shift before rounding. That fits 64 bits when |sum| < 2^n and n + 16 + 15 + p <= 63, the half
// code being hidden in the multiplier's 1 below 2^16: (2^n - 1)(2^16 - 1) 2^(15 + p) + 2^31 < 2^(n + 31 + p). So shift
// 16 always does, shift 11 with the int8 sums below 2^26. What is left (codes that grow by more than the sums' spare
// bits) takes numbers.h itself.
#include "runtime/evaluate/kernels.hpp"

#include <algorithm>

#include "runtime/evaluate/kernels_isa.hpp"

namespace sluice::evaluate {
Requantise requantiser(int shift, int low, int high, int sum_bits) {
  Requantise r;
  r.low = low, r.high = high;
  r.rounds_negative = low < 0;
  r.rounding = std::int64_t{1} << (std::max(shift, 32) - 1);
  r.extra_shift = std::max(0, shift - 32);
  r.scale = std::clamp(32 - shift, 0, 15);
  r.product_scale = std::max(0, 17 - shift);
  if (sum_bits + 31 + r.product_scale > 63) {
    r.plain_shift = shift;
    r.scale = 0;
  }
  return r;
}

const std::vector<const Kernels*>& supported_kernels() {
  static const std::vector<const Kernels*> supported = [] {
    std::vector<const Kernels*> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl")) {
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
