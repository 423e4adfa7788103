// SPDX-License-Identifier: Apache-2.0
// The ends of every layer's arithmetic, by the functions of device/contract/numbers.h (see output_range.hpp).
#include "compiler/quantise/output_range.hpp"

#include <algorithm>

#include "device/contract/numbers.h"

namespace sluice {
namespace {

CodeRange with_zero(CodeRange range) { return {std::min(range.low, 0), std::max(range.high, 0)}; }

CodeRange hull(const std::vector<int>& codes) {
  const auto [low, high] = std::minmax_element(codes.begin(), codes.end());
  return {*low, *high};
}

int behind_curve(const FusedCurve& curve, int code) {
  if (!curve.table.empty()) return curve.table[std::size_t(code & (SLUICE_CURVE_TABLE_CODES - 1))];
  const auto formula = curve.kind == CurveKind::hard_swish ? sluice_hard_swish : sluice_hard_sigmoid;
  return formula(code, curve.slope, curve.offset, curve.multiplier, curve.shift, curve.clamp_low, curve.clamp_high);
}

CodeRange before_curve(const Layer& layer, const std::vector<CodeRange>& operands) {
  const auto code = [&](int sum) {
    return sluice_requantise(sum, layer.multiplier[0], layer.shift, layer.clamp_low, layer.clamp_high);
  };
  const CodeRange& a = operands[0];
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
      return {layer.clamp_low, layer.clamp_high};
    case LayerKind::max_pool:
      return a;
    case LayerKind::average_pool:
    case LayerKind::global_average_pool: {
      const bool is_whole = layer.kind == LayerKind::global_average_pool;
      const int count =
          is_whole ? layer.input.height * layer.input.width : layer.window.kernel_h * layer.window.kernel_w;
      return {code(count * a.low), code(count * a.high)};
    }
    case LayerKind::concat:
      return {std::min(a.low, operands[1].low), std::max(a.high, operands[1].high)};
    case LayerKind::scale:
      return hull({code(a.low * operands[1].low), code(a.low * operands[1].high), code(a.high * operands[1].low),
                   code(a.high * operands[1].high)});
    case LayerKind::add:
      const auto sum = [&](int x, int y) {
        return sluice_add(x, layer.multiplier[0], y, layer.multiplier[1], layer.shift, layer.clamp_low,
                          layer.clamp_high);
      };
      return {sum(a.low, operands[1].low), sum(a.high, operands[1].high)};
  }
  return {layer.clamp_low, layer.clamp_high};
}

}  // namespace

CodeRange output_range(const Layer& layer, const std::vector<CodeRange>& operands) {
  const CodeRange before = before_curve(layer, operands);
  if (layer.curve.kind == CurveKind::none) return with_zero(before);
  std::vector<int> codes;
  for (int code = before.low; code <= before.high; ++code) codes.push_back(behind_curve(layer.curve, code));
  return with_zero(hull(codes));
}

}  // namespace sluice
