// SPDX-License-Identifier: Apache-2.0
// Operators that compute on codes (onnxruntime's QOperator format), written as what they stand for.
//
// Why here: every such operator is DequantizeLinear of its operands, an operator of ONNX, and QuantizeLinear of the
// result. Written so, no pass needs to know them, and a QOperator model is a QDQ model from here on.
//
// Definition: ONNX QLinearConv-10, QLinearMatMul-10, -21; onnxruntime's ContribOperators.md, com.microsoft-1: QGemm,
// QLinearAdd, QLinearMul, QLinearConcat, QLinearAveragePool, QLinearGlobalAveragePool, QLinearReduceMean,
// QLinearLeakyRelu, QLinearSigmoid, QLinearSoftmax. Weights and biases: per channel where their scale is a list.
//
// Before: a node of the file, attributes read. After: nodes of ONNX's own operators, producers first. The one that does
// the work has the node's name; the last one makes its output.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/base/status.hpp"

namespace sluice::frontend {

// Of ONNX's domain ("") or another.
bool is_quantised_operator(const std::string& domain, const std::string& op);

// Errors do not name the node.
Result<std::vector<ir::Node>> expanded(const ir::Node& node, int opset);

}  // namespace sluice::frontend
