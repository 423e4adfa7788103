// SPDX-License-Identifier: Apache-2.0
// Plain C++ for machines of other kinds; the compiler may vectorise it.
#include "runtime/evaluate/kernels_body.hpp"
#include "runtime/evaluate/kernels_isa.hpp"

namespace sluice::evaluate {
namespace {

struct Plain {
  static constexpr int kLanes = 8;
  static constexpr bool kHasBytes = false;
  struct Sums {
    std::int32_t lane[kLanes];
  };

  SLUICE_INLINE static Sums load(const void* from) {
    Sums sums;
    __builtin_memcpy(&sums, from, sizeof sums);
    return sums;
  }
  SLUICE_INLINE static void store(void* to, Sums sums) { __builtin_memcpy(to, &sums, sizeof sums); }

  SLUICE_INLINE static Sums requantise(Sums sums, Sums multipliers, const Requantise& q) {
    for (int i = 0; i < kLanes; ++i) {
      const std::int64_t product =
          std::int64_t{sums.lane[i]} * multipliers.lane[i] * (std::int64_t{1} << q.product_scale);
      const std::int64_t rounded = product + q.rounding - (q.rounds_negative && product < 0);
      const std::int64_t code = (rounded >> 32) >> q.extra_shift;
      sums.lane[i] = static_cast<std::int32_t>(code < q.low ? q.low : code > q.high ? q.high : code);
    }
    return sums;
  }

  SLUICE_INLINE static void put(Sums codes, void* out, std::int64_t at, Element, int count) {
    auto* to = static_cast<std::int16_t*>(out) + at;
    for (int i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>(codes.lane[i]);
  }

  SLUICE_INLINE static std::uint32_t live(const std::int16_t* codes, int least) {
    std::uint32_t bits = 0;
    for (int i = 0; i < 32; ++i) {
      const int magnitude = codes[i] < 0 ? -codes[i] : codes[i];
      bits |= static_cast<std::uint32_t>(magnitude >= least) << i;
    }
    return bits;
  }

  // Two words lie in each lane of activations and weights. Unsigned, because sums wrap on the other machines, too.
  struct WordDot {
    using Code = std::int16_t;
    static constexpr int kDot = 2;
    SLUICE_INLINE static Sums broadcast(const Code* from) {
      std::int32_t pair;
      __builtin_memcpy(&pair, from, 4);
      Sums sums;
      for (std::int32_t& lane : sums.lane) lane = pair;
      return sums;
    }
    SLUICE_INLINE static Sums dot(Sums sums, Sums activations, Sums weights) {
      for (int i = 0; i < kLanes; ++i) {
        const std::int32_t low =
            static_cast<std::int16_t>(activations.lane[i]) * static_cast<std::int16_t>(weights.lane[i]);
        const std::int32_t high = (activations.lane[i] >> 16) * (weights.lane[i] >> 16);
        sums.lane[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums.lane[i]) +
                                                 static_cast<std::uint32_t>(low) + static_cast<std::uint32_t>(high));
      }
      return sums;
    }
  };

  struct DepthwiseWord {
    using Sums = Plain::Sums;
    using Code = std::int16_t;
    static constexpr int kTaps = 2, kSums = 1, kLanes = Plain::kLanes;

    static int channel_of(int, int lane) { return lane; }
    SLUICE_INLINE static Sums load(const void* from) { return Plain::load(from); }
    SLUICE_INLINE static void store(void* to, Sums sums) { Plain::store(to, sums); }
    SLUICE_INLINE static Sums requantise(Sums sums, Sums multipliers, const Requantise& q) {
      return Plain::requantise(sums, multipliers, q);
    }
    SLUICE_INLINE static Sums dot(Sums sums, Sums codes, Sums weights) { return WordDot::dot(sums, codes, weights); }
    SLUICE_INLINE static void interleave(const Code* window, const std::int32_t* taps, Sums* codes) {
      for (int i = 0; i < kLanes; ++i) {
        const Code pair[2] = {window[taps[0] + i], window[taps[1] + i]};
        __builtin_memcpy(&codes->lane[i], pair, 4);
      }
    }
    SLUICE_INLINE static void put_block(const Sums* codes, void* out, std::int64_t at, Element element, int count) {
      put(*codes, out, at, element, count);
    }
  };
};

}  // namespace

const Kernels& plain_kernels() {
  static constexpr Kernels kernels = kernels_of<Plain>("plain C++", {});
  return kernels;
}

}  // namespace sluice::evaluate
