// SPDX-License-Identifier: Apache-2.0
// CounterModel: what the sparse engines of a design will count on a picture, fast.
//
// Why: densities and cycles of a row are means of these counters over pictures; counting straight from the definition
// (runtime/reference/reference_counters) took half of planning. The idea: non-zero weights and activations as bit masks,
// one bit a multiplier lane, so that the live pairs of a (vector, filter) are the ones of mask & mask.
//
// Equal to reference_counters() (tests/unit/runtime/evaluate).
//
// Before: design valid, and outlives this, like the evaluator; thresholds one per layer, or empty. After: count() is
// const and may be called from many threads.
#pragma once

#include "runtime/evaluate/evaluator.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"

namespace sluice {

// What a sparse layer has to do for one picture, vector by vector: what the simulator takes its times from.
struct LayerWork {
  LayerCounters counters;
  // activation_sparse: live codes of each pixel's window. pair_sparse: the most live pairs of a filter, for each pixel,
  // filter group and vector (outer to inner, the engine's order).
  std::vector<std::uint16_t> live;
};

class CounterModel {
 public:
  CounterModel(const Design& design, const std::vector<Thresholds>& thresholds);

  // `maps` of an evaluator of the same network and thresholds. One entry per sparse layer, in network order.
  std::vector<LayerCounters> count(const Evaluator& evaluator, const PictureMaps& maps) const;
  // The same, with every vector.
  std::vector<LayerWork> work(const Evaluator& evaluator, const PictureMaps& maps) const;

 private:
  struct SparseLayer {
    int index = 0;
    int activation_threshold = 0;
    bool counts_pairs = false;  // pair_sparse; else activation_sparse
    int filter_groups = 0;      // activation_sparse
    int lanes = 0, group_filters = 0, multipliers = 0, mask_words = 0;  // pair_sparse
    // pair_sparse: [vector of a pixel][filter][word], a bit per lane whose weight counts.
    std::vector<std::uint64_t> weights;
  };
  // `live` may be null.
  LayerCounters count_layer(const SparseLayer& sparse, const Layer& layer, const Map& input, std::vector<std::uint16_t>* live) const;

  const IntegerNetwork& network_;
  std::vector<SparseLayer> layers_;
};

}  // namespace sluice
