// SPDX-License-Identifier: Apache-2.0
// LayerWork and LayerDensity: what a layer has to do, and how much of it is zero.
//
// Why: cycles and costs depend on shapes and densities only, so the model is fed with those: from a network, from
// statistics, or made up by a test.
//
// Before: a valid layer. After: numbers; a figure that is not known is 1 (dense) or empty.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/vector_cycles.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

struct LayerWork {
  std::string name;
  LayerKind kind = LayerKind::conv;
  MapShape input, output;  // of the first operand
  Window window;
  std::int64_t second_operand = 0;  // elements of the other operands of a join
  int sum_bits = 26;                // as in EngineShape
  int kept_bits = 18;

  std::int64_t taps() const { return window.taps(); }
  std::int64_t pixels() const { return output.pixels(); }
  // Codes under one output pixel of a convolution: its dot products' length.
  std::int64_t window_codes() const { return taps() * input.channels; }
  std::int64_t macs() const;
};

LayerWork work_of(const Layer& layer);

struct LayerDensity {
  double activation = 1;  // share of input codes at or above tau_a
  double weight = 1;      // share of weight codes at or above tau_w
  double group_kept = 1;  // grouped_prefix: share k / G of each group that the row runs
  double pairs() const { return activation * weight; }

  // Refinements; empty: from the shares, as if zeros were independent.
  // activation_sparse, grouped_prefix, by M: share of the beats of M codes in which none counts.
  std::map<int, double> empty_beats;
  LiveHistogram vector_live;  // live pairs of an M-vector with one filter; M + 1 bins: pair_sparse
  // pair_sparse, by {M, O}: the most live pairs among O filters in lock step, as met; takes the place of vector_live.
  std::map<std::pair<int, int>, LiveHistogram> group_live;
  double vector_cycles =
      0;  // pair_sparse: mean cycles of a vector and filter group, known for M, N, O (from data, say)
  std::vector<int> prefixes;  // weight_sparse: non-zero weights of each filter, in the order of the filters
  double prefix_cycles = 0;   // weight_sparse: longest prefixes of all filter groups together, known for O
};

}  // namespace sluice
