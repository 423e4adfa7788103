// SPDX-License-Identifier: Apache-2.0
// PairCounts: what the pair-sparse engine counts on a map.
//
// A vector is the taps of one channel, or, for 1x1 windows, `lanes` channels; a filter's live pairs are the ones of
// (mask of the vector's activations & mask of the filter's weights), and the filter with most of them holds its group.
//
// Two ways, by the bits of a mask:
//   tables: with up to kTableBits bits (3x3 windows: 9) everything that all filters count on a vector is a function of
//           its mask alone, and is tabled once. A vector costs one look-up, however many filters there are. Where the
//           window leaves the map its size and the machine can, 64 windows of a channel are looked up at once.
//   masks:  else, and where the most pairs of every group are asked for, one filter's mask meets those of many pixels:
//           eight to an instruction with AVX-512 VPOPCNTDQ (kernels_pairs.hpp).
//
// Before: the layer outlives this. After: count() is const and may be called from many threads.
#pragma once

#include <vector>

#include "runtime/bundle/counters.hpp"
#include "runtime/evaluate/kernels_pairs.hpp"
#include "runtime/evaluate/kernels_taps.hpp"
#include "runtime/evaluate/live_bits.hpp"

namespace sluice {

struct PairEngine {
  int lanes = 1, group_filters = 1, multipliers = 1;
};

class PairCounts {
 public:
  static constexpr int kTableBits = 10;

  PairCounts(const Layer& layer, int weight_threshold, const PairEngine& engine);

  // Adds to `counters`; `most`, unless null, becomes the most live pairs of a filter, [pixel][filter group][vector].
  void count(const LiveBits& input, LayerCounters& counters, std::vector<std::uint16_t>* most) const;

 private:
  bool is_by_taps() const { return layer_->window.taps() > 1; }
  int groups() const { return layer_->output.channels / engine_.group_filters; }
  void make_tables();
  void make_tap_tables();
  void put_masks(const LiveBits& input, int first, int pixels, std::uint64_t* masks) const;
  void put_short_masks(const LiveBits& input, int first, int pixels, std::uint16_t* masks) const;
  void count_by_planes(const LiveBits& input, LayerCounters& counters) const;
  void count_by_tables(const LiveBits& input, LayerCounters& counters) const;
  void count_by_masks(const LiveBits& input, LayerCounters& counters, std::vector<std::uint16_t>* most) const;

  const Layer* layer_;
  PairEngine engine_;
  evaluate::PairIssues issues_;
  int mask_bits_, vectors_;             // of a vector; of a pixel
  int words_;                           // of a mask
  std::vector<std::uint64_t> weights_;  // [vector][filter][word], a bit per lane whose weight counts
  std::vector<std::uint32_t> cycles_;   // by the most pairs of a group
  std::vector<std::uint64_t> tables_;   // [vector][mask], pairs, cycles and zero groups of all filters; or empty
  // Of a plane of each channel, where they are counted by; else empty.
  evaluate::TapLookUp look_up_;
  evaluate::TapWindows windows_;
  std::vector<std::uint64_t> columns_;      // of windows_
  std::vector<std::uint8_t> tap_tables_;    // [channel][cycles, zero groups][mask]
  std::vector<std::uint32_t> tap_weights_;  // [channel][tap], filters whose weight counts
};

}  // namespace sluice
