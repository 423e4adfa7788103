// SPDX-License-Identifier: Apache-2.0
// LogSoftmax: the logarithm of Softmax, at the end of some classifiers; it stays on the host.
// Definition: ONNX LogSoftmax-1, -11 (the axis and all after it as one row), -13 (one axis).
// Before: any tensor of floats. After: the same shape.
#include "compiler/ops/softmax_rows.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return over_softmax_rows(call, [](float* first, std::int64_t length, std::int64_t step) {
    float largest = *first;
    for (std::int64_t i = 0; i < length; ++i) largest = std::max(largest, first[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < length; ++i) sum += std::exp(double{first[i * step]} - largest);
    const double shift = largest + std::log(sum);
    for (std::int64_t i = 0; i < length; ++i) first[i * step] = static_cast<float>(first[i * step] - shift);
  });
}

}  // namespace

const Operator& log_softmax() {
  static const Operator record{
      .name = "LogSoftmax", .attributes = {{"axis", AttributeKind::integer}}, .shape = softmax_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
