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
 * A fused curve (hard-sigmoid, hard-swish) works on the code that requantisation made, the *pre-activation* code. Codes
 * of 8 bits look the result up: 256 entries by the code's low byte, computed by the planner in double precision. Codes
 * of 16 bits would need a large table and use one formula instead, in which the gate has 30, then 15 fractional bits:
 *
 *     gate = round_half_away(clamp(code * slope + offset, 0, 2^30) / 2^15)             0 .. 2^15, standing for 0 .. 1
 *     hard-sigmoid: clamp(round_half_away(gate * multiplier / 2^shift), low, high)
 *     hard-swish:   clamp(round_half_away(code * gate * multiplier / 2^shift), low, high)
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

#define SLUICE_CURVE_TABLE_CODES 256
#define SLUICE_GATE_BITS 15

/* min(1, max(0, x)) of the line through a 16-bit code, in units of 2^-15. */
static inline int sluice_gate(int code, int slope, int offset) {
  const sluice_i64 line = (sluice_i64)code * slope + offset;
  return (int)sluice_round_shift(sluice_clamp(line, 0, 1 << 2 * SLUICE_GATE_BITS), SLUICE_GATE_BITS);
}

static inline int sluice_hard_sigmoid(int code, int slope, int offset, int multiplier, int shift, int low, int high) {
  return sluice_requantise(sluice_gate(code, slope, offset), multiplier, shift, low, high);
}

static inline int sluice_hard_swish(int code, int slope, int offset, int multiplier, int shift, int low, int high) {
  return sluice_requantise(code * sluice_gate(code, slope, offset), multiplier, shift, low, high);
}

#endif
