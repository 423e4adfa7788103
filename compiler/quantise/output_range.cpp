// SPDX-License-Identifier: Apache-2.0
// The ends of every layer's arithmetic, and the curve on every code between (see output_range.hpp).
#include "compiler/quantise/output_range.hpp"

#include <algorithm>

#include "compiler/quantise/layer_lowering.hpp"
#include "runtime/bundle/layers/output_code.hpp"

namespace sluice {
namespace {

CodeRange with_zero(CodeRange range) { return {std::min(range.low, 0), std::max(range.high, 0)}; }

}  // namespace

CodeRange hull(const std::vector<int>& codes) {
  const auto [low, high] = std::minmax_element(codes.begin(), codes.end());
  return {*low, *high};
}

CodeRange output_range(const Layer& layer, const std::vector<CodeRange>& operands) {
  const CodeRange before = layer_lowering(layer.kind).range.get()(layer, operands);
  if (layer.curve.kind == CurveKind::none) return with_zero(before);
  std::vector<int> codes;
  for (int code = before.low; code <= before.high; ++code) codes.push_back(after_curve(layer, code));
  return with_zero(hull(codes));
}

}  // namespace sluice
