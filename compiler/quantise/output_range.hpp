// SPDX-License-Identifier: Apache-2.0
// The codes that a lowered layer can put out, exactly: what the proof of its readers' sums may rely on.
//
// The idea: every layer's arithmetic rises with its operands, so the ends of their ranges give the ends of the result;
// a curve is tried on every code that can enter it.
//
// Before: multiplier, shift, clamp and curve of the layer are set; each operand's range holds 0. After: so does the
// result.
#pragma once

#include <vector>

#include "compiler/quantise/code_range.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// The least and the largest of some codes.
CodeRange hull(const std::vector<int>& codes);

CodeRange output_range(const Layer& layer, const std::vector<CodeRange>& operands);

}  // namespace sluice
