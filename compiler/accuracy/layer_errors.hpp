// SPDX-License-Identifier: Apache-2.0
// LayerErrors: how far each layer of an integer network is from the float network, in order of execution.
//
// Why: a loss of accuracy is one number at the end. Who wants to mend it must know where the two part. The idea: both
// networks run on the same pictures, every map is turned back to real values, and the error is compared with the
// signal: the signal-to-quantisation-noise ratio (SQNR) falls slowly where rounding adds up and at once where a layer
// is wrong.
//
// Before: graph in normal form, the network quantised from it (layers name their nodes by Layer::origin). After: one
// entry per layer that computes a float value; inner parts of a chain of concatenations have none.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice {

struct LayerError {
  std::string layer;
  std::string origin;
  double signal = 0;        // mean square of the float values
  double noise = 0;         // mean square of the difference
  double largest = 0;       // largest |difference|
  double relative() const;  // root of noise / signal
  double sqnr_db() const;   // 10 log10 (signal / noise); at most 200
};

Result<std::vector<LayerError>> layer_errors(const ir::Graph& graph, const IntegerNetwork& network,
                                             const ImageSet& images);

// The float value that each layer computes; empty where there is none.
std::vector<std::string> values_of_layers(const ir::Graph& graph, const IntegerNetwork& network);

// Index of the first whose relative error exceeds `most`; -1 when none does.
int first_above(const std::vector<LayerError>& errors, double most);

}  // namespace sluice
