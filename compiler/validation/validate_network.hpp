// SPDX-License-Identifier: Apache-2.0
// validate_network: does each layer of the integer network compute what its node of the graph does?
//
// Why: between the graph and the integer network stand scales, biases, clamps and the order of channels. Eight bits are
// so coarse that a slip there may look like the price of eight bits, when whole networks are compared. The idea:
// compare layer by layer, each fed with what the integer network itself has computed. Then errors do not pile up, and
// what rounding may do in one layer is known.
//
// Tolerance, in steps of the layer's own codes, root mean square over pictures and filters: kMost times what rounding
// explains. Rounding the result explains 1/12 of a step squared, and so does the code in front of a curve, times the
// curve's steepness. Rounding the weights explains 1/12 of (input code times one unit of the weight) squared, summed
// over the window. A result beyond the codes' range is compared with the end of the range: choosing that range is not a
// fault. Measured on the evaluation networks in int8 and int16: at most 1.1 times.
//
// Before: graph in normal form, and a network that should have been quantised from it. After: figures; where they part,
// a sentence that names the layer and its node. Whose fault that is, the caller knows.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/validation/validation_inputs.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

struct NetworkValidation {
  std::size_t inputs = 0, layers = 0;
  double largest_ratio = 0;  // of a layer's error to what rounding explains
  std::string layer;         // that has it
  std::string parted;        // empty where all layers agree
};

Result<NetworkValidation> validate_network(const ir::Graph& graph, const IntegerNetwork& network,
                                           const std::vector<ValidationInput>& inputs);

}  // namespace sluice
