// SPDX-License-Identifier: Apache-2.0
// See engine_memories.hpp.
#include "compiler/model/engine_memories.hpp"

#include <algorithm>

#include "compiler/model/engine_model.hpp"
#include "device/contract/numbers.h"

namespace sluice {
namespace {

constexpr int kKindBits = 2;   // of a beat
constexpr int kWordBits = 32;  // bias and multiplier are declared as int
constexpr int kLineBits = 32;  // base and slope of a curve's segment

std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

int bits_for(std::int64_t values) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < values) ++bits;
  return bits;
}

std::vector<Ram> memories_of(const EngineShape& s, const LayerWork& work, bool has_curve) {
  std::vector<Ram> rams;
  if (is_engine(s.kind)) {
    engine_model(s.kind).append_memories.get()(s, work, rams);
  } else if (s.kind == KernelKind::window || s.kind == KernelKind::taps) {
    const std::int64_t words =
        std::int64_t{work.window.kernel_h} * work.input.width * ceil_of(work.input.channels, s.in_lanes);
    // All taps at once: kernel rows are banks, and each is read at as many places as it has columns.
    const bool is_banked = s.kind == KernelKind::window && s.taps > 1 && s.taps == work.taps();
    const int places = s.kind == KernelKind::taps ? int(work.taps()) : s.taps;
    rams.push_back({"rows", std::int64_t{s.in_lanes} * s.data_bits,
                    is_banked ? ceil_of(words, work.window.kernel_h) : words, places});
  } else if (s.kind == KernelKind::replay) {
    rams.push_back({"window", std::int64_t{s.in_lanes} * s.data_bits, ceil_of(work.window_codes(), s.in_lanes)});
  } else if (s.kind == KernelKind::global_average_pool) {
    rams.push_back({"sums", std::int64_t{s.in_lanes} * s.sum_bits, ceil_of(work.input.channels, s.in_lanes)});
  }
  const bool has_filters = is_engine(s.kind) || s.kind == KernelKind::requantise;  // others have one multiplier for all
  if (has_filters && s.requantised_lanes > 0) {
    const std::int64_t lanes = s.requantised_lanes, rows = ceil_of(work.output.channels, lanes);
    rams.push_back({"bias", lanes * kWordBits, rows});
    rams.push_back({"multiplier", (has_curve ? 2 : 1) * lanes * kWordBits, rows});
  }
  if (has_curve && s.requantised_lanes > 0)
    rams.push_back({"curve", kLineBits, SLUICE_CURVE_SEGMENTS, s.requantised_lanes});
  return rams;
}

int index_bits(const LayerWork& work) { return std::max(1, bits_for(work.window_codes())); }

Ram queue_of(int lanes, int element_bits, std::int64_t depth) {
  return {"queue", std::int64_t{lanes} * element_bits + kKindBits, depth};
}

}  // namespace sluice
