// SPDX-License-Identifier: Apache-2.0
// CounterModel: what the sparse engines of a design will count on a picture, fast.
//
// Why: densities and cycles of a row are means of these counters over pictures. Counting straight from the definition
// (runtime/reference/reference_counters) took half of planning. The idea: non-zero weights and activations as bit
// masks, one bit a multiplier lane, so that the live pairs of a (vector, filter) are the ones of mask & mask. What the
// weight-sparse engine counts depends on the row only, and is counted once.
//
// Equal to reference_counters() (tests/unit/runtime/evaluate).
//
// Before: design valid, and outlives this, like the evaluator; thresholds one per layer, or empty. After: count() is
// const and may be called from many threads.
#pragma once

#include <algorithm>
#include <optional>

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {

// What a sparse layer has to do for one picture, vector by vector: what the simulator takes its times from.
struct LayerVectors {
  LayerCounters counters;
  // activation_sparse, grouped_prefix: live codes of each pixel's window. pair_sparse: the most live pairs of a filter,
  // for each pixel, filter group and vector (outer to inner, the engine's order). weight_sparse: cycles of each filter
  // group.
  std::vector<std::uint16_t> live = {};
  std::int64_t pixels = 1;  // of the layer's map
  // activation_sparse, grouped_prefix: cycles that an entry of a list takes, and those after its last one.
  std::uint32_t entry_cycles = 1, end_cycles = 0;

  std::int64_t list_cycles(std::uint16_t entries) const {
    return std::max<std::int64_t>(1, std::int64_t{entries} * entry_cycles + end_cycles);
  }
};

// The work of the engine of a layer with a picture of zeros.
LayerVectors zero_work(const Design& design, const Kernel& engine);

class CounterModel {
 public:
  CounterModel(const Design& design, const std::vector<Thresholds>& thresholds);

  // `maps` of an evaluator of the same network and thresholds. One entry per sparse layer, in network order.
  std::vector<LayerCounters> count(const Evaluator& evaluator, const PictureMaps& maps) const;
  // The same, with every vector.
  std::vector<LayerVectors> work(const Evaluator& evaluator, const PictureMaps& maps) const;

 private:
  struct SparseLayer {
    int index = 0;
    int activation_threshold = 0;
    bool counts_pairs = false;  // pair_sparse; else a window's list
    // Of a list, sent `passes` times: products and cycles of an entry, cycles after the last one; a list takes at least
    // one.
    std::uint32_t passes = 0, entry_pairs = 0, entry_cycles = 1, end_cycles = 0;
    int lanes = 0, group_filters = 0, multipliers = 0, mask_words = 0;  // pair_sparse
    // pair_sparse: [vector of a pixel][filter][word], a bit per lane whose weight counts.
    std::vector<std::uint64_t> weights = {};
    std::optional<LayerVectors> fixed_vectors = {};  // weight_sparse
  };
  // What the constructor knows of the engine of a layer.
  struct Engine {
    const NetlistIndex& index;
    const Kernel& kernel;  // the engine, or the first of its copies
    const Layer& layer;
    const Thresholds& thresholds;

    int number(Number name) const { return kernel.numbers.at(name); }
    int in_lanes() const { return index.stream(kernel.inputs[0]).lanes; }
    int out_lanes() const { return index.stream(kernel.outputs[0]).lanes; }
  };
  // Of each sparse engine, what it counts by: <op>_layer.
#define SLUICE_SPARSE_ENGINE(op, name) static void op##_layer(const Engine& engine, SparseLayer& sparse);
#include "device/contract/kernel_list.inc"

  // `live` may be null.
  LayerCounters count_layer(const SparseLayer& sparse, const Layer& layer, const Map& input,
                            std::vector<std::uint16_t>* live) const;

  const IntegerNetwork& network_;
  std::vector<SparseLayer> layers_;
};

}  // namespace sluice
