// SPDX-License-Identifier: Apache-2.0
// What the lowering of every operator shares: the graph, the codes of its values, the network so far.
//
// Why: one file per operator (lower_*.cpp) holds what is particular to it, and gives it in a record
// (layer_lowering.hpp).
//
// Before: the codes of all values are chosen. After begin(): a layer with names, inputs, shapes, output codes and
// clamp. After finish(): the layer is part of the network and stands for the node's output.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/curve_codes.hpp"
#include "compiler/quantise/quantise.hpp"
#include "compiler/quantise/value_codes.hpp"

namespace sluice {

class Lowering {
 public:
  Lowering(const ir::Graph& graph, const Statistics& statistics, const QuantiseOptions& options,
           const ValueCodesTable& codes, const ChannelGains& gains)
      : graph(graph), statistics(statistics), options(options), codes(codes), gains(gains) {
    layer_of_[graph.input] = kNetworkInput;
    const int limit = codes.of(graph.input).limit();
    input_range_ = {-limit, limit};
  }

  const ir::Graph& graph;
  const Statistics& statistics;
  const QuantiseOptions& options;
  const ValueCodesTable& codes;
  const ChannelGains& gains;

  double scale_of(const std::string& value) const { return codes.of(value).scale(); }
  // Codes that can occur on a lowered value.
  CodeRange range_of(const std::string& value) const { return range_of_layer(layer_of_.at(value)); }

  // A layer for the node, whose first inputs are its operands. `farthest`: where it has a curve, no input of that is
  // further from 0.
  Result<Layer> begin(const ir::Node& node, LayerKind kind, double farthest = kAnywhere) const;
  // Multipliers and shift for factors from sums to output codes; where a curve is fused, to its pre-activation codes.
  Status requantise(const ir::Node& node, Layer& layer, std::vector<double> sum_scales) const;
  void finish(const ir::Node& node, Layer layer);
  // The same for a layer that makes a part of the node's output; returns its index.
  int finish_part(Layer layer);

  void add_proof(SumProof proof) { result_.proofs.push_back(std::move(proof)); }
  Quantised take() { return std::move(result_); }

 private:
  CodeRange range_of_layer(int index) const {
    return index == kNetworkInput ? input_range_ : ranges_[std::size_t(index)];
  }

  Quantised result_;
  std::map<std::string, int> layer_of_;  // per value
  CodeRange input_range_;
  std::vector<CodeRange> ranges_;  // per layer
};

// Shape of a value as a map; fails for what is no map of one picture.
Result<MapShape> map_of(const ir::Graph& graph, const std::string& value);
// Kernel, strides and pads of a node.
Window window_of(const ir::Node& node, const std::vector<std::int64_t>& kernel);
// A clamp or curve after a node that passes codes on has nowhere to go.
Status refuse_activation(const ir::Node& node);

// Bits of the input with which every filter of a convolution keeps as many weight bits as it must; fails for what is
// not on the device. `lowest` is the least code that can occur, as a share of the largest.
Result<int> convolution_input_bits(const ir::Graph& graph, const ir::Node& node, const QuantiseOptions& options,
                                   const ValueCodes& input, double lowest, const ChannelGains& gains);

}  // namespace sluice
