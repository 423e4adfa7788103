/* SPDX-License-Identifier: Apache-2.0 */
/* numbers.h: the integer arithmetic of Sluice, once, for kernels, reference interpreter, planner and tests.
 *
 * Why: "bit-exact" means that one text defines rounding and saturation. Legal in OpenCL C 1.2, C11 and C++20.
 *
 * The idea: symmetric fixed point. A real value is code * scale; zero is code 0. A dot product is a 32-bit sum of
 * products (proven by the planner to stay below 2^26 for int8). It returns to codes by one unsigned 16-bit multiplier
 * per channel and one right shift per layer, rounded half away from zero, then saturated. Shift, low and high are
 * numbers of the program, so no logic moves bits:
 *
 *     code = clamp(round_half_away(sum * multiplier / 2^shift), low, high)
 *
 * Rounding half away from zero is symmetric, so a network and its mirror image stay mirror images. It is one carry into
 * the kept bits: the highest bit that falls away, but not of a negative value exactly half way. Source: the scheme of
 * Jacob et al., arXiv 1712.05877, with a shorter multiplier (a sum of up to 27 bits times 16 bits fits one 27x27 product of a DSP block
 * on Intel parts).
 *
 * A fused curve works on a *pre-activation* code, which requantisation makes with 16 bits, whatever the codes of the map
 * have: 8 bits in front of a curve would round twice, and coarsely just where it bends. Any curve is 512 straight lines
 * over segments of equal width; the outer two go on for ever, so the segments need only cover the part that bends. The
 * value of the line has 16 bits again, and one multiplier per channel makes the output code of it:
 *
 *     segment = clamp(floor(code / 2^segment_bits), -256, 255)
 *     value = base[segment] + round_half_up((code - segment * 2^segment_bits) * slope[segment] / 2^13)
 *     code = clamp(round_half_away(value * multiplier / 2^shift), low, high)
 *
 * Two products of 18 x 18 bits a lane. Code 0 begins a segment, so what is 0 there stays exactly 0.
 *
 * Before: 1 <= shift <= 46, |sum| < 2^31. After: low <= result <= high.
 */
#ifndef SLUICE_DEVICE_CONTRACT_NUMBERS_H
#define SLUICE_DEVICE_CONTRACT_NUMBERS_H

#ifdef __OPENCL_VERSION__
typedef long sluice_i64;
#else
#include <stdint.h>
typedef int64_t sluice_i64;
#endif

#define SLUICE_SHIFT_MAX 46
#define SLUICE_MULTIPLIER_MAX 65535

/* value / 2^shift, rounded half away from zero. The floor of a negative value is below it, so the same bit rounds both signs. */
static inline sluice_i64 sluice_round_shift(sluice_i64 value, int shift) {
  const sluice_i64 highest_lost = (sluice_i64)1 << (shift - 1);
  const int carry = (value & highest_lost) != 0 && (value >= 0 || (value & (highest_lost - 1)) != 0);
  return (value >> shift) + carry;
}

static inline int sluice_clamp(sluice_i64 value, int low, int high) {
  return value < low ? low : value > high ? high : (int)value;
}

/* A sum in accumulator units to an output code. */
static inline int sluice_requantise(int sum, int multiplier, int shift, int low, int high) {
  return sluice_clamp(sluice_round_shift((sluice_i64)sum * multiplier, shift), low, high);
}

/* Two codes of different scales, added and rounded once. */
static inline int sluice_add(int a, int multiplier_a, int b, int multiplier_b, int shift, int low, int high) {
  const sluice_i64 sum = (sluice_i64)a * multiplier_a + (sluice_i64)b * multiplier_b;
  return sluice_clamp(sluice_round_shift(sum, shift), low, high);
}

#define SLUICE_CURVE_SEGMENTS 512
#define SLUICE_CURVE_SLOPE_BITS 13

/* The segment of a pre-activation code, which is negative left of 0. Right shifts of negative numbers round down. */
static inline int sluice_curve_segment(int code, int segment_bits) {
  return sluice_clamp(code >> segment_bits, -SLUICE_CURVE_SEGMENTS / 2, SLUICE_CURVE_SEGMENTS / 2 - 1);
}

/* The line of that segment. |code - start| < 2^15 where segments are wide enough for the codes, so the product fits. */
static inline int sluice_curve_value(int code, int segment, int segment_bits, int base, int slope) {
  const int place = code - segment * (1 << segment_bits);
  return base + ((place * slope + (1 << (SLUICE_CURVE_SLOPE_BITS - 1))) >> SLUICE_CURVE_SLOPE_BITS);
}

#endif
