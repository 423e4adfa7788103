// SPDX-License-Identifier: Apache-2.0
// float16 and bfloat16 as float: widened exactly from their bits, and a float as the nearest number they hold.
//
// Why: files hold both, Cast makes both, and C++20 has neither. All floating types are float here, so narrowing keeps
// the type and gives up the bits that the narrow type has no room for.
// Definition: IEEE 754 binary16 (rounded to nearest, ties to even); bfloat16 is the upper half of a float. ONNX leaves
// its rounding open up to opset 18; its own cases cut the lower half off, and so does this.
// Before: any bits, any float. After: infinities and NaN stay what they are.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace sluice::ops {

inline float widen_half(std::uint16_t half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  float value;
  if (exponent == 31) {
    value = fraction ? std::nanf("") : HUGE_VALF;
  } else if (exponent == 0) {
    value = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    value = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  }
  return half & 0x8000 ? -value : value;
}

inline float widen_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

inline float as_half(float value) {
  if (value == 0 || !std::isfinite(value)) return value;
  // Numbers of binary16 are multiples of a step: 2^-10 of their power of two, and 2^-24 where they are subnormal.
  const int step = std::max(std::ilogb(value), -14) - 10;
  const float rounded = std::ldexp(std::nearbyint(std::ldexp(value, -step)), step);
  return std::fabs(rounded) > 65504.0f ? std::copysign(HUGE_VALF, value) : rounded;
}

inline float as_bfloat16(float value) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  // A NaN whose payload lies in the lower half alone would become infinity. In integers throughout: GCC 12 at -O2 drops
  // the cut when std::isnan chooses between the value and the cut one.
  if ((bits & 0x7fffffffu) > 0x7f800000u) bits |= 0x00400000u;
  return std::bit_cast<float>(bits & 0xffff0000u);
}

}  // namespace sluice::ops
