// SPDX-License-Identifier: Apache-2.0
// Between which numbers a value lies, whatever the picture: from the graph alone.
//
// Why: three questions have this one answer. Does a clamp change anything (passes/remove_quantisation)? Is a padded
// zero ever the maximum (passes/fold_pad)? How far down do the inputs of a convolution go, so that its sums may be
// proven to fit (quantise)? Each used to look for operators of its own; what one forgot became a silent error.
//
// The idea: interval arithmetic forwards, one rule per operator (Moore, Interval Analysis, 1966). An operator without a
// rule makes any number. An end that is not known is infinite, so that no caller can forget to ask whether it is there.
//
// Before: verified, nodes in topological order; shapes are not asked for. After: every value that a node makes lies in
// its range, in exact arithmetic; rounding of floats may leave it by an ulp.
#pragma once

#include <map>
#include <string>

#include "compiler/ir/graph.hpp"

namespace sluice::ir {

// The clamp of an activation or of a Clip node; nothing where a bound of the Clip is computed or not a number.
Range clamp_of(const Activation& activation);
std::optional<Range> clip_range(const Graph& graph, const Node& clip);

// The codes that a type holds; nothing for a type that has none.
std::optional<Range> code_range(ElementType type);
// What a QuantizeLinear without a zero point makes, by ONNX's number of a type in its attribute output_dtype (0: none).
ElementType stated_code_type(std::int64_t onnx);
// The codes that a QuantizeLinear can make; nothing where its zero point is computed or of a type that has no codes.
std::optional<Range> code_range(const Graph& graph, const Node& quantise);

// The codes of QONNX's Quant; nothing for a number of bits that it does not have.
std::optional<Range> quant_codes(const Node& quant, double bits);

// `input`: what the pictures hold.
std::map<std::string, Range> value_ranges(const Graph& graph, const Range& input = {});

}  // namespace sluice::ir
