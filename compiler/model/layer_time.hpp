// SPDX-License-Identifier: Apache-2.0
// Cycles of a layer for one image: estimated, from shapes and densities (as fpgaConvNet's model, with M, N, E any
// number).
//
// The idea: kernels of a layer work at once, one beat a cycle and stream. So a layer lasts as long as its longest
// stream or its multiplier loop, whichever is more:
//
//   dense              pixels / E * beats of a window * ceil(F / O)
//   depthwise_dense    pixels / E * ceil(taps / taps a filter) * ceil(C / O)
//   activation_sparse  pixels / E * ceil(F / O) * (nonzeros + beats of M codes without one)
//   grouped_prefix     the same with ceil(F / (O * G)) groups, and nonzeros * k + G: G to take the sums
//   weight_sparse      tiles of P pixels / E * max(sum over groups of O filters of max(1, longest prefix), P * beats of
//   a window) pair_sparse        pixels / E * ceil(window / M) * ceil(F / O) * E[max over O of max(1, ceil(live / N))]
//
// `window` is the stream from the line buffer into the engine, once for all E copies. Padding is made
// after the input stream and costs nothing. Published designs pad in the stream.
// Steady state adds the header's beat. Fill is what a first image waits for rows of its window; drain is its last list.
//
// Before: the shape's numbers are at least 1 and fit the kind. After: cycles, never below 1.
#pragma once

#include <algorithm>
#include <cmath>

#include "compiler/model/engine_shape.hpp"
#include "compiler/model/layer_work.hpp"

namespace sluice {

struct LayerTime {
  double op = 0;      // multiplier loop, or the small engine's own iterations
  double in = 0;      // beats of the input map
  double out = 0;     // beats of the output map, which L shared requantisers send one by one
  double window = 0;  // of the line buffer, which stops reading while it sends, or of the beats that arrive without one
  double header = 1;

  // Cycles from image to image, were the layer alone.
  double interval() const { return std::max(1.0, std::ceil(std::max({op, in, out, window}) + header)); }
};

LayerTime layer_time(const EngineShape& shape, const LayerWork& work, const LayerDensity& density = {});

// What E copies share out: output pixels, or tiles of P of them. The busiest copy gets ceil(units / E).
std::int64_t work_units(const EngineShape& shape, const LayerWork& work);

// LayerTime::window, which depends on whether there are copies, not on densities.
double window_cycles(const EngineShape& shape, const LayerWork& work);

// Mean cycles of a window that is looked through in beats of `lanes` codes, each that counts taking `code_cycles`.
double scanned_cycles(const LayerWork& work, int lanes, int code_cycles, const LayerDensity& density);

// Mean cycles of a vector of pair_sparse and a filter group; cycles of all filter groups of weight_sparse on a tile.
// The two figures that take longer than a handful of operations, so that a search may keep them (LayerDensity).
double vector_cycles(const EngineShape& shape, const LayerDensity& density);
double prefix_cycles(const EngineShape& shape, const LayerWork& work, const LayerDensity& density);

}  // namespace sluice
