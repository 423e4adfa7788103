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
  const FusedCurve& curve = layer.curve;
  if (curve.kind == CurveKind::none) return with_zero(before);
  std::vector<int> values;
  for (int code = before.low; code <= before.high; ++code) values.push_back(curve_value(curve, code));
  const CodeRange ends = hull(values);
  // The largest multiplier leads furthest from 0.
  const int multiplier = *std::max_element(curve.multiplier.begin(), curve.multiplier.end());
  const auto code = [&](int value) {
    return sluice_requantise(value, multiplier, curve.shift, curve.clamp_low, curve.clamp_high);
  };
  return with_zero({code(ends.low), code(ends.high)});
}

}  // namespace sluice
