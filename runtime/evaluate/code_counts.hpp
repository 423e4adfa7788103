// SPDX-License-Identifier: Apache-2.0
// CodeCounts: what an engine that skips codes counts on a map (activation_sparse, grouped_prefix).
//
// The idea: a beat of n live codes takes max(1, n * k) cycles, so a window takes k cycles a live code and one a beat
// without any. Both are sums over input pixels, each times the number of windows that it lies in; beats of the border
// have no live code. The cost does not depend on the number of taps. Windows without a live code are found along each
// axis in turn.
//
// Before: the layer outlives this; k at least 1. After: count() is const and may be called from many threads.
#pragma once

#include <vector>

#include "runtime/bundle/counters.hpp"
#include "runtime/evaluate/live_bits.hpp"

namespace sluice {

struct CodeEngine {
  // Of a window, sent `passes` times: products and cycles of a code, cycles after the last one.
  std::uint32_t passes = 0, code_pairs = 0, end_cycles = 0;
  std::uint16_t code_cycles = 1;
  int lanes = 1;  // of a beat
};

class CodeCounts {
 public:
  CodeCounts(const Layer& layer, const CodeEngine& engine);

  // Adds to `counters`; `live`, unless null, becomes the live codes of each beat of each window.
  void count(const LiveBits& input, LayerCounters& counters, std::vector<std::uint16_t>* live) const;

 private:
  struct WindowSums {
    std::uint32_t codes = 0, beats = 0;  // live ones of all windows
    std::uint32_t dead_windows = 0;      // without a live code
  };
  WindowSums sum_windows(const LiveBits& input) const;
  std::uint32_t zero_windows(const std::vector<std::uint8_t>& is_live_pixel) const;
  void beats_of_windows(const LiveBits& input, std::vector<std::uint16_t>& live) const;

  const Layer* layer_;
  CodeEngine engine_;
  std::uint64_t beat_starts_ = 0;                      // a bit for each beat of a word; 0: beats cross words
  std::vector<std::uint32_t> row_uses_, column_uses_;  // windows that a row and a column of the input lies in
};

}  // namespace sluice
