// SPDX-License-Identifier: Apache-2.0
// Softmax: exp(x) / sum(exp(x)), the usual end of a classifier. It keeps the order of the scores, so the device stops
// before it.
// Definition: ONNX Softmax-1, -11 (the tensor is seen as a matrix split at `axis`, default 1), -13 (along one axis,
// default the last).
// Before: any tensor. After: the same shape; sums of 1.
#include "compiler/ops/softmax_rows.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return over_softmax_rows(call, [](float* first, std::int64_t length, std::int64_t step) {
    float largest = *first;
    for (std::int64_t i = 0; i < length; ++i) largest = std::max(largest, first[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < length; ++i) sum += first[i * step] = std::exp(first[i * step] - largest);
    for (std::int64_t i = 0; i < length; ++i) first[i * step] = static_cast<float>(first[i * step] / sum);
  });
}

}  // namespace

const Operator& softmax() {
  static const Operator record{
      .name = "Softmax", .attributes = {{"axis", AttributeKind::integer}}, .shape = softmax_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
