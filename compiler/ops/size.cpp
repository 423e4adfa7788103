// SPDX-License-Identifier: Apache-2.0
// Size: how many elements a tensor has, a constant like Shape.
// Definition: ONNX Size-1, -13.
// Before: the input's shape is known. After: one integer, without axes.
#include "compiler/ops/op.hpp"

namespace sluice::ops {

const Operator& size() {
  static const Operator record{.name = "Size",
                               .takes_text = true,
                               .reads_shapes_alone = true,
                               .shape = [](const Call&) -> Result<ir::Dims> { return ir::Dims{}; },
                               .evaluate = [](const Call& call, const ir::Dims&) -> Result<ir::Tensor> {
                                 ir::Tensor count = ir::Tensor::of_integers({ir::element_count(call.dims(0))});
                                 count.dims.clear();
                                 return count;
                               }};
  return record;
}

}  // namespace sluice::ops
