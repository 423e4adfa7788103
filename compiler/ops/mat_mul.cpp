// SPDX-License-Identifier: Apache-2.0
// MatMul: numpy's product of stacks of matrices. passes/matmul_to_gemm makes a Gemm of the one a classifier ends in.
// Definition: ONNX MatMul-1, -9, -13: a vector is a row on the left and a column on the right.
// Before: inner dimensions agree, outer ones broadcast. After: one product per outer index.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

struct Shapes {
  ir::Dims a, b;   // rank 2 and more
  ir::Dims outer;  // broadcast dimensions before the matrices
};

Result<Shapes> shapes_of(const Call& call) {
  Shapes s{call.dims(0), call.dims(1), {}};
  if (s.a.empty() || s.b.empty()) return user_error("multiplies a scalar");
  if (s.a.size() == 1) s.a.insert(s.a.begin(), 1);
  if (s.b.size() == 1) s.b.push_back(1);
  if (s.a.back() != s.b[s.b.size() - 2]) {
    return user_error("{} and {} do not fit", ir::to_text(call.dims(0)), ir::to_text(call.dims(1)));
  }
  s.outer = SLUICE_TRY(broadcast({s.a.begin(), s.a.end() - 2}, {s.b.begin(), s.b.end() - 2}));
  return s;
}

Result<ir::Dims> shape_rule(const Call& call) {
  const Shapes s = SLUICE_TRY(shapes_of(call));
  ir::Dims out = s.outer;
  if (call.dims(0).size() > 1) out.push_back(s.a[s.a.size() - 2]);
  if (call.dims(1).size() > 1) out.push_back(s.b.back());
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Shapes s = SLUICE_TRY(shapes_of(call));
  if (call.value(0).is_integer() || call.value(1).is_integer()) {
    return user_error("multiplies integers; only float is possible");
  }
  const std::int64_t rows = s.a[s.a.size() - 2], depth = s.a.back(), columns = s.b.back();
  ir::Tensor result = ir::Tensor::zeros(out);
  // Which matrix of each stack meets at outer index o.
  std::vector<std::int64_t> right(ir::element_count(s.outer));
  const ir::Dims a_outer(s.a.begin(), s.a.end() - 2), b_outer(s.b.begin(), s.b.end() - 2);
  for_each_index(s.outer, broadcast_strides(b_outer, s.outer), 0,
                 [&](std::int64_t o, std::int64_t b) { right[o] = b; });
  for_each_index(s.outer, broadcast_strides(a_outer, s.outer), 0, [&](std::int64_t o, std::int64_t left) {
    const float* a = call.value(0).values.data() + left * rows * depth;
    const float* b = call.value(1).values.data() + right[o] * depth * columns;
    float* to = result.values.data() + o * rows * columns;
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t k = 0; k < depth; ++k) {
        for (std::int64_t c = 0; c < columns; ++c) to[r * columns + c] += a[r * depth + k] * b[k * columns + c];
      }
    }
  });
  return result;
}

}  // namespace

const Operator& mat_mul() {
  static const Operator record{
      .name = "MatMul", .least_inputs = 2, .most_inputs = 2, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
