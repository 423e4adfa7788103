// SPDX-License-Identifier: Apache-2.0
// Identity: a second name for a value; exporters leave it in the file.
// Definition: ONNX Identity-1, -13, -14, -16 (tensors only).
// Before: any tensor. After: the same one.
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) { return call.value(0); }

}  // namespace

const Operator& identity() {
  static const Operator record{.name = "Identity", .takes_text = true, .shape = same_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
