// SPDX-License-Identifier: Apache-2.0
// Reshape: the same numbers under other dimensions.
// Definition: ONNX Reshape-5, -13, -14: 0 copies a dimension (unless allowzero), one -1 takes what is left.
// Before: the shape is known. After: as many numbers as before.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims& in = call.dims(0);
  ir::Dims out = SLUICE_TRY(call.integers(1, "shape"));
  const std::string asked = ir::to_text(out);
  const bool copies_zero = call.node.integer("allowzero", 0) == 0;
  for (std::size_t axis = 0; axis < out.size(); ++axis) {
    if (out[axis] != 0 || !copies_zero) continue;
    if (axis >= in.size()) return user_error("shape {} copies dimension {} of {}", asked, axis, ir::to_text(in));
    out[axis] = in[axis];
  }
  auto open = std::find(out.begin(), out.end(), -1);
  if (open != out.end()) {
    *open = 1;
    const std::int64_t rest = ir::element_count(out);
    if (rest == 0 || ir::element_count(in) % rest != 0) {
      return user_error("{} cannot become {}", ir::to_text(in), asked);
    }
    *open = ir::element_count(in) / rest;
  }
  if (ir::element_count(out) != ir::element_count(in)) {
    return user_error(
        "{} cannot become {}; if the model has a fixed batch or picture size, export it with batch 1 and "
        "the size you want",
        ir::to_text(in), asked);
  }
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) { return with_dims(call.value(0), out); }

}  // namespace

const Operator& reshape() {
  static const Operator record{.name = "Reshape",
                               .least_inputs = 2,
                               .most_inputs = 2,
                               .attributes = {{"allowzero", AttributeKind::integer, 14}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
