// SPDX-License-Identifier: Apache-2.0
// PRelu: x, below 0 slope * x with learnt slopes, one for all or one per channel.
// Definition: ONNX PRelu-7 to -16; the slope broadcasts to the map, never the map to the slope.
// Before: a map and its slope. After: the map's shape.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape(const Call& call) {
  const ir::Dims joint = SLUICE_TRY(joint_shape(call));
  if (joint != call.dims(0))
    return user_error("a slope of {} for {}", ir::to_text(call.dims(1)), ir::to_text(call.dims(0)));
  return joint;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  return combine(call.value(0), call.value(1), out, [](auto x, auto slope) { return x < 0 ? slope * x : x; });
}

}  // namespace

const Operator& prelu() {
  static const Operator record{.name = "PRelu", .least_inputs = 2, .most_inputs = 2, .shape = shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
