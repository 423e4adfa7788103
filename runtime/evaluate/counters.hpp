// SPDX-License-Identifier: Apache-2.0
// CounterModel: what the sparse engines of a design will count on a picture, fast.
//
// Why: densities and cycles of a row are means of these counters over pictures. Counting straight from the definition
// (runtime/reference/reference_counters) took half of planning. The idea: the evaluator's maps become one bit a code
// (LiveBits), once for each map and threshold; engines that skip codes count sums over input pixels (CodeCounts), the
// pair-sparse engine looks up or intersects bit masks (PairCounts). What the weight-sparse engine counts depends on the
// row only, and is counted once.
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
#include "runtime/evaluate/code_counts.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/evaluate/pair_counts.hpp"

namespace sluice {

// What a sparse layer has to do for one picture, vector by vector: what the simulator takes its times from.
struct LayerVectors {
  LayerCounters counters;
  // activation_sparse, grouped_prefix: live codes of each beat of each pixel's window. pair_sparse: the most live pairs
  // of a filter, for each pixel, filter group and vector (outer to inner, the engine's order). weight_sparse: cycles of
  // each filter group.
  std::vector<std::uint16_t> live = {};
  std::int64_t pixels = 1;        // of the layer's map
  std::uint16_t code_cycles = 1;  // activation_sparse, grouped_prefix: that a live code takes

  std::uint16_t beat_cycles(std::uint16_t live_codes) const {
    return std::max<std::uint16_t>(1, static_cast<std::uint16_t>(live_codes * code_cycles));
  }
};

// The work of the engine of a layer with a picture of zeros.
LayerVectors zero_work(const Design& design, const Kernel& engine);

class CounterModel {
 public:
  CounterModel(const Design& design, const std::vector<Thresholds>& thresholds);

  // Whether no engine of the design counts.
  bool is_empty() const { return layers_.empty(); }

  // `maps` of an evaluator of the same network and thresholds. One entry per sparse layer, in network order.
  std::vector<LayerCounters> count(const Evaluator& evaluator, const PictureMaps& maps) const;
  // The same map by map: what is counted before any is made, and what is counted on one.
  std::vector<LayerCounters> begin_counting() const;
  void count(const Evaluator::MapInPlace& map, std::vector<LayerCounters>& counters) const;
  // As count(), with every vector.
  std::vector<LayerVectors> work(const Evaluator& evaluator, const PictureMaps& maps) const;

 private:
  struct SparseLayer {
    int index = 0;
    std::uint16_t code_cycles = 1;
    // What its engine counts by: one of these.
    std::optional<CodeCounts> codes = {};
    std::optional<PairCounts> pairs = {};
    std::optional<LayerVectors> fixed_vectors = {};  // weight_sparse
  };
  // A map under a threshold, and the sparse layers (places in layers_) that count on it.
  struct CountedMap {
    int source, threshold;
    std::vector<std::size_t> readers;
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

  // Calls fn(sparse layer's place in layers_, bits of the map) for those that count on this map.
  template <typename Fn>
  void for_each_counting(const Evaluator::MapInPlace& map, Fn fn) const;
  static void count_layer(const SparseLayer& sparse, const LiveBits& input, LayerCounters& counters,
                          std::vector<std::uint16_t>* live);

  const IntegerNetwork& network_;
  std::vector<SparseLayer> layers_;
  std::vector<CountedMap> maps_;
};

}  // namespace sluice
