// SPDX-License-Identifier: Apache-2.0
// Quant: a number rounded to codes of any number of bits and turned back, QONNX's form of a quantised model (Brevitas
// and FINN write it).
// Definition: qonnx.custom_op.general Quant-1: scale * (clamp(round(x / scale + zero_point)) - zero_point). Inputs: x,
// scale, zero point, bits; `signed`, and `narrow`, which takes the least code away from signed codes and the largest
// from others. Only rounding to the nearest ("ROUND", ties to even) is claimed: the others move a value by up to a
// step. Before: scale and zero point broadcast to x. After: the same shape, real numbers.
#include <algorithm>
#include <cmath>

#include "compiler/ir/value_range.hpp"
#include "compiler/ops/arithmetic.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  const std::string mode = node.text("rounding_mode", "ROUND");
  return mode == "ROUND" ? ok()
                         : user_error("rounds in the mode \"{}\"; only ROUND, to the nearest code, is possible", mode);
}

Result<ir::Dims> shape(const Call& call) {
  for (const std::size_t i : {1u, 2u}) {
    const ir::Dims joint = SLUICE_TRY(broadcast(call.dims(0), call.dims(i)));
    if (joint != call.dims(0))
      return user_error("a {} of {} for {}", i == 1 ? "scale" : "zero point", ir::to_text(call.dims(i)),
                        ir::to_text(call.dims(0)));
  }
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  if (call.value(3).size() != 1) return user_error("numbers of bits that differ are not possible");
  const auto codes = ir::quant_codes(call.node, call.value(3).at(0));
  if (!codes) return user_error("codes of {} bits; 1 to 32 are possible", call.value(3).at(0));
  const ir::Tensor &x = call.value(0), scale = take(call.value(1), out, broadcast_strides(call.dims(1), out), 0),
                   zero = take(call.value(2), out, broadcast_strides(call.dims(2), out), 0);
  ir::Tensor result = ir::Tensor::zeros(out);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const double code = std::nearbyint(x.at(i) / scale.at(i) + zero.at(i));
    result.values[i] = static_cast<float>((std::clamp(code, codes->low, codes->high) - zero.at(i)) * scale.at(i));
  }
  return result;
}

}  // namespace

const Operator& quant() {
  static const Operator record{.name = "Quant",
                               .least_inputs = 4,
                               .most_inputs = 4,
                               .attributes = {{"signed", AttributeKind::integer},
                                              {"narrow", AttributeKind::integer},
                                              {"rounding_mode", AttributeKind::text}},
                               .accept = accept,
                               .shape = shape,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
