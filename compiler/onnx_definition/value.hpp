// SPDX-License-Identifier: Apache-2.0
// Value: a tensor while the definition of an ONNX model is carried out.
//
// Why not ir::Tensor: the definition judges the importer, so it shares none of its parts (see model.hpp).
//
// Every floating type is held as float, every integer type and bool as int64. Codes of a QuantizeLinear whose rounding
// is left out (see rounding.hpp) have an integer `type`, but are held as reals.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::definition {

using Dims = std::vector<std::int64_t>;

inline constexpr std::int64_t kMostElements = std::int64_t{1} << 28;  // 1 GiB of floats

// Of onnx::TensorProto::DataType; the last two are younger than the onnx.proto of Debian 12.
inline constexpr int kBool = 9, kUint4 = 21, kInt4 = 22;

std::string to_text(const Dims& dims);  // "1x3x224x224"; "scalar" for no dimension

struct Value {
  enum class Held { reals, integers, texts };

  int type = 1;  // onnx::TensorProto::DataType; 1 is FLOAT
  Held held = Held::reals;
  Dims dims;
  std::vector<float> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::vector<float> stands_for;  // of codes that were computed: the real numbers; else empty
  bool is_computed = false;       // depends on the model's input

  std::int64_t size() const;
  bool is_integer() const { return held == Held::integers; }
  double at(std::int64_t index) const;
  std::vector<float> as_reals() const;
  std::vector<std::int64_t> as_integers() const;  // reals are cut off

  static Value of_reals(Dims dims, std::vector<float> values);
  static Value of_integers(Dims dims, std::vector<std::int64_t> values, int type = 7);
  // Zeros, held as `like` holds its elements, of the same type.
  static Value zeros_like(const Value& like, Dims dims);
};

// Refuses negative dimensions and more than kMostElements.
Result<std::int64_t> element_count(const Dims& dims);

// Elements of one step along each axis.
Dims strides_of(const Dims& dims);

// ONNX's (NumPy's) multidirectional broadcasting.
Result<Dims> broadcast(const Dims& a, const Dims& b);
// For each element of a tensor of `to`, in order, the element of one of `from` that it reads; empty where they are the
// same. `from` broadcasts to `to`.
std::vector<std::int64_t> broadcast_indices(const Dims& from, const Dims& to);
// The element of `from` that element i of `to` reads.
inline std::int64_t broadcast_index(const std::vector<std::int64_t>& indices, std::int64_t i) {
  return indices.empty() ? i : indices[static_cast<std::size_t>(i)];
}

// For each element of a tensor of `dims`, in order, the index that it reads in a tensor with one of `strides` for each
// axis. source(axis, place along the axis): the place there; -1 where the element reads nothing, and then so is its
// index. `dims` have passed element_count().
template <typename Source>
std::vector<std::int64_t> source_indices(const Dims& dims, const Dims& strides, Source source) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count), 0);
  std::int64_t inner = 1;  // elements per step of the axis
  for (std::size_t d = dims.size(); d-- > 0; inner *= dims[d]) {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const std::int64_t from = source(d, static_cast<std::int64_t>(i) / inner % dims[d]);
      indices[i] = indices[i] < 0 || from < 0 ? -1 : indices[i] + from * strides[d];
    }
  }
  return indices;
}

// The result whose element i is element indices[i] of `from`; -1 stands for zero.
Value gathered(const Value& from, Dims dims, const std::vector<std::int64_t>& indices);

// A negative axis counts from the end.
Result<std::size_t> axis_of(std::int64_t axis, std::int64_t rank);
Result<std::set<std::size_t>> axes_of(const Dims& list, std::int64_t rank);

// An integer brought into the range of its type, as C's conversion does; a bool is 0 or 1.
std::int64_t wrapped(std::int64_t value, int type);
// The least and the largest number of an integer type.
std::pair<double, double> range_of(int type);
bool is_integer_type(int type);
bool is_real_type(int type);

}  // namespace sluice::definition
