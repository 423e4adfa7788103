// SPDX-License-Identifier: Apache-2.0
// Split: consecutive parts of one axis, one output each.
// Definition: ONNX Split-2, -11 (lengths are an attribute), -13 (an input), -18 (num_outputs, the last part may be
// shorter). Without lengths the parts are equal.
// Before: lengths are constant; the importer has said which output the node makes, and of how many. After: that part.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

struct Part {
  std::int64_t axis, first, length;
};

Result<std::vector<std::int64_t>> lengths_of(const Call& call, std::int64_t whole, std::int64_t outputs) {
  std::vector<std::int64_t> lengths = call.node.integers("split", {});
  if (call.has(1)) {
    if (call.opset < 13) return user_error("lengths are an input since opset 13, the model says {}", call.opset);
    lengths = SLUICE_TRY(call.integers(1, "lengths"));
  }
  if (!lengths.empty()) return lengths;
  const bool may_be_unequal = call.node.attributes.count("num_outputs") != 0;
  if (call.node.integer("num_outputs", outputs) != outputs)
    return user_error("has {} outputs, num_outputs says {}", outputs, call.node.integer("num_outputs", 0));
  if (whole % outputs != 0 && !may_be_unequal)
    return user_error("{} entries do not make {} equal parts", whole, outputs);
  const std::int64_t length = (whole + outputs - 1) / outputs;
  lengths.assign(static_cast<std::size_t>(outputs), length);
  lengths.back() = whole - length * (outputs - 1);
  return lengths;
}

Result<Part> part_of(const Call& call) {
  const ir::Dims& dims = call.dims(0);
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 0), static_cast<std::int64_t>(dims.size())));
  const std::int64_t outputs = call.node.integer(kOutputs, 1), index = call.node.integer(kOutputIndex, 0);
  const auto lengths = SLUICE_TRY(lengths_of(call, dims[axis], outputs));
  if (static_cast<std::int64_t>(lengths.size()) != outputs)
    return user_error("has {} outputs and {} lengths", outputs, lengths.size());
  Part part{axis, 0, lengths[static_cast<std::size_t>(index)]};
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < outputs; ++i) {
    const std::int64_t length = lengths[static_cast<std::size_t>(i)];
    if (length < 0 || length > dims[axis] - sum) return user_error("its parts do not make up {} entries", dims[axis]);
    if (i == index) part.first = sum;
    sum += length;
  }
  if (sum != dims[axis]) return user_error("its parts do not make up {} entries", dims[axis]);
  return part;
}

Result<ir::Dims> shape_rule(const Call& call) {
  const Part part = SLUICE_TRY(part_of(call));
  ir::Dims out = call.dims(0);
  out[part.axis] = part.length;
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Part part = SLUICE_TRY(part_of(call));
  const ir::Dims strides = strides_of(call.dims(0));
  return take(call.value(0), out, strides, strides[part.axis] * part.first);
}

}  // namespace

const Operator& split() {
  static const Operator record{.name = "Split",
                               .since_opset = 2,
                               .most_inputs = 2,
                               .attributes = {{"axis", AttributeKind::integer},
                                              {"num_outputs", AttributeKind::integer, 18},
                                              {"split", AttributeKind::integers, 2, 12},
                                              {kOutputIndex, AttributeKind::integer},
                                              {kOutputs, AttributeKind::integer}},
                               .numbers_outputs = true,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
