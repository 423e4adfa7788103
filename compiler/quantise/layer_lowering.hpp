// SPDX-License-Identifier: Apache-2.0
// LayerLowering: how the planner makes layers of one kind, one record a kind.
//
// Why: an operator's way to the device is its codes and the range of its sums; spread over tables, one is forgotten.
// The idea: one record in the operator's file (lower_*.cpp), found by LayerKind or by the operator's name. A record
// that leaves out a member does not compile; a kind of device/contract/kernel_list.inc without a record does not link.
//
// Before: stated at each member. After: nothing is changed but the Lowering that a function is given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/code_range.hpp"
#include "runtime/base/stated.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

class Lowering;

struct LayerLowering {
  // The operator of the normal form; where several kinds come from one, its function chooses.
  Stated<const char*> op;
  // Adds the node's layers. Before: those of its inputs are there.
  using Lower = Status (*)(Lowering&, const ir::Node&);
  Stated<Lower> lower;
  // Codes before the fused curve. Before: as for output_range().
  using Range = CodeRange (*)(const Layer&, const std::vector<CodeRange>& operands);
  Stated<Range> range;
};

const LayerLowering& layer_lowering(LayerKind kind);

// The first kind of layer that an operator becomes; none for operators that have no kernel.
std::optional<LayerKind> layer_kind_of_op(const std::string& op);
// Operators that have one, for readers.
std::string operators_with_kernels();

// Of the record of this kind, in lower_*.cpp.
#define SLUICE_LAYER(kind) const LayerLowering& kind##_lowering();
#include "device/contract/kernel_list.inc"

}  // namespace sluice
