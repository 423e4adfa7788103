// SPDX-License-Identifier: Apache-2.0
// Shape: the dimensions of a tensor as a tensor. With fixed picture size it is a constant, and with it every Reshape
// computed from it.
// Definition: ONNX Shape-1, -13, -15 (start and end).
// Before: the input's shape is known. After: a list of integers.
#include <algorithm>

#include "compiler/ops/op.hpp"

namespace sluice::ops {
namespace {

// [first, last) of the axes asked for; both count from the end when negative and are held within the rank.
std::pair<std::int64_t, std::int64_t> range(const Call& call) {
  const std::int64_t rank = static_cast<std::int64_t>(call.dims(0).size());
  auto place = [rank](std::int64_t at) { return std::clamp(at < 0 ? at + rank : at, std::int64_t{0}, rank); };
  const std::int64_t first = place(call.node.integer("start", 0));
  return {first, std::max(first, place(call.node.integer("end", rank)))};
}

Result<ir::Dims> shape_rule(const Call& call) {
  const auto [first, last] = range(call);
  return ir::Dims{last - first};
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  const auto [first, last] = range(call);
  return ir::Tensor::of_integers({call.dims(0).begin() + first, call.dims(0).begin() + last});
}

}  // namespace

const Operator& shape() {
  static const Operator record{
      .name = "Shape",
      .attributes = {{"start", AttributeKind::integer, 15}, {"end", AttributeKind::integer, 15}},
      .reads_shapes_alone = true,
      .shape = shape_rule,
      .evaluate = run};
  return record;
}

}  // namespace sluice::ops
