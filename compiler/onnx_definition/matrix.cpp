// SPDX-License-Identifier: Apache-2.0
// Products of matrices: MatMul, Gemm.
//
// Definition: ONNX MatMul-1 to -13 (NumPy's matmul: a list counts as a row or column, leading axes broadcast),
// Gemm-7 to -13. The innermost loop runs along a row of the second matrix, which compilers vectorise.
#include <algorithm>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

struct Shape {
  std::int64_t rows, inner, columns;
};

void multiply(const Shape& s, const float* a, const float* b, float* out) {
  for (std::int64_t r = 0; r < s.rows; ++r) {
    for (std::int64_t i = 0; i < s.inner; ++i) {
      const float factor = a[r * s.inner + i];
      const float* row = b + i * s.columns;
      for (std::int64_t c = 0; c < s.columns; ++c) out[r * s.columns + c] += factor * row[c];
    }
  }
}

std::vector<float> transposed(const std::vector<float>& in, std::int64_t rows, std::int64_t columns) {
  std::vector<float> out(in.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c)
      out[static_cast<std::size_t>(c * rows + r)] = in[static_cast<std::size_t>(r * columns + c)];
  }
  return out;
}

// Of the argument's own type; products of integers stay integers.
Value typed(const Value& a, Dims dims, std::vector<float> numbers) {
  if (!a.is_integer()) {
    Value out = Value::of_reals(std::move(dims), std::move(numbers));
    out.type = a.type;
    return out;
  }
  return Value::of_integers(std::move(dims), {numbers.begin(), numbers.end()}, a.type);
}

Result<Values> mat_mul(const Call& call) {
  Dims a = call[0].dims, b = call[1].dims;
  const bool is_row = a.size() == 1, is_column = b.size() == 1;
  if (a.empty() || b.empty()) return user_error("a number is no matrix");
  if (is_row) a.insert(a.begin(), 1);
  if (is_column) b.push_back(1);
  const Shape s{a[a.size() - 2], a.back(), b.back()};
  if (b[b.size() - 2] != s.inner) return user_error("{} times {}", to_text(call[0].dims), to_text(call[1].dims));
  const Dims lead_a(a.begin(), a.end() - 2), lead_b(b.begin(), b.end() - 2);
  const Dims lead = SLUICE_TRY(broadcast(lead_a, lead_b));
  const auto of_a = broadcast_indices(lead_a, lead), of_b = broadcast_indices(lead_b, lead);
  Dims dims = lead;
  if (!is_row) dims.push_back(s.rows);
  if (!is_column) dims.push_back(s.columns);
  const std::size_t count = SLUICE_TRY(element_count(dims));
  const std::vector<float> left = call[0].as_reals(), right = call[1].as_reals();
  std::vector<float> out(count, 0.0f);
  const std::int64_t matrices = SLUICE_TRY(element_count(lead));
  for (std::int64_t m = 0; m < matrices; ++m) {
    const std::int64_t from_a = broadcast_index(of_a, m);
    const std::int64_t from_b = broadcast_index(of_b, m);
    multiply(s, left.data() + from_a * s.rows * s.inner, right.data() + from_b * s.inner * s.columns,
             out.data() + m * s.rows * s.columns);
  }
  return one(typed(call[0], std::move(dims), std::move(out)));
}

Result<Values> gemm(const Call& call) {
  if (call[0].dims.size() != 2 || call[1].dims.size() != 2)
    return user_error("{} times {}", to_text(call[0].dims), to_text(call[1].dims));
  const auto oriented = [&](std::size_t index, const char* flag, Dims& dims) {
    dims = call[index].dims;
    if (call.attributes.integer(flag, 0) == 0) return call[index].as_reals();
    std::swap(dims[0], dims[1]);
    return transposed(call[index].as_reals(), dims[1], dims[0]);
  };
  Dims a, b;
  std::vector<float> left = oriented(0, "transA", a);
  const std::vector<float> right = oriented(1, "transB", b);
  if (a[1] != b[0]) return user_error("{} times {}", to_text(a), to_text(b));
  const Shape s{a[0], a[1], b[1]};
  const Dims dims{s.rows, s.columns};
  const std::size_t count = SLUICE_TRY(element_count(dims));
  std::vector<float> out(count, 0.0f);
  multiply(s, left.data(), right.data(), out.data());
  const float alpha = call.attributes.real("alpha", 1.0f), beta = call.attributes.real("beta", 1.0f);
  for (float& x : out) x *= alpha;
  if (call.has(2)) {
    const Dims common = SLUICE_TRY(broadcast(call[2].dims, dims));
    if (common != dims) return user_error("{} added to {}", to_text(call[2].dims), to_text(dims));
    const auto of_c = broadcast_indices(call[2].dims, dims);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] += beta * static_cast<float>(call[2].at(broadcast_index(of_c, static_cast<std::int64_t>(i))));
  }
  return one(typed(call[0], dims, std::move(out)));
}

}  // namespace

const Definitions& matrix_definitions() {
  static const Definitions all{{"Gemm", 2, gemm}, {"MatMul", 2, mat_mul}};
  return all;
}

}  // namespace sluice::definition
