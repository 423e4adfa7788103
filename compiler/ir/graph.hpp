// SPDX-License-Identifier: Apache-2.0
// Graph: the network between the ONNX file and the integer network, in float.
//
// Why: front end, passes, float interpreter and quantiser need one representation that knows neither protobuf nor
// FPGA. It keeps ONNX's operator names and meanings, so that a message can always speak of the user's own node.
//
// Tensors are NCHW, as in ONNX. A Graph is in *normal form* (after passes/normalise) when its nodes are only
//   Conv (attributes of ONNX, weights and bias constant), MaxPool, AveragePool, GlobalAveragePool, Add of two
//   computed values, Mul of a computed map 1xCxHxW by a computed vector 1xCx1x1 in this order (squeeze-excite), Concat
//   of computed maps over channels, each with an optional fused activation (Node::activation), and a host tail (Softmax
//   and friends) after the last of them; Gemm has become Conv with the kernel of the map's size; the batch dimension
//   is 1.
//
// Before: built by frontend. After: `verify()` holds: names unique, every input defined by a node before it (nodes
// stand in topological order), by an initialiser or by the graph's input.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::ir {

using Dims = std::vector<std::int64_t>;

// Product of the dimensions; the largest int64 when it would overflow or a dimension is negative, so that one
// comparison with a limit refuses both.
std::int64_t element_count(const Dims& dims);
std::string to_text(const Dims& dims);  // "1x3x224x224"; "scalar" for no dimension

// No tensor of a classifier comes near this (1 GiB of floats); a broken file easily goes beyond it.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;

// What the elements were in the file. All floating types are held as float; integers keep their range, which
// QuantizeLinear (saturation) and Cast need. Text exists for Cast alone: passes refuse it.
enum class ElementType { real, int64, int32, int16, int8, int4, uint64, uint32, uint16, uint8, uint4, boolean, text };

// A dense constant or computed tensor. Integers (shapes, axes) are kept apart so that they stay exact.
struct Tensor {
  Dims dims;
  std::vector<float> values;           // element_count(dims) of them, or empty when something else is held
  std::vector<std::int64_t> integers;  // the same, for integer and bool tensors
  std::vector<std::string> texts;      // the same, for strings
  ElementType type = ElementType::real;

  bool is_text() const { return type == ElementType::text; }
  bool is_integer() const { return type != ElementType::real && !is_text(); }
  std::int64_t size() const {
    return static_cast<std::int64_t>(is_text() ? texts.size() : is_integer() ? integers.size() : values.size());
  }
  // An element as float, whichever kind of number is held.
  float at(std::int64_t index) const { return is_integer() ? static_cast<float>(integers[index]) : values[index]; }
  static Tensor zeros(Dims dims);
  static Tensor of_values(Dims dims, std::vector<float> values);
  static Tensor of_integers(std::vector<std::int64_t> integers);  // rank 1
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>, Tensor>;

// Numbers between two ends, both included; an end that is not known is infinite.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  Range hull(const Range& other) const;
  // What is left after a clamp to `bounds`; as in ONNX, the upper bound wins where the two cross.
  Range clamped(const Range& bounds) const;
  bool operator==(const Range&) const = default;
};

// Function fused to a node: `curve` first, then the clamp. ReLU is {0, none}, ReLU6 {0, 6} without a curve.
// Curves: ir/curve.hpp.
enum class Curve {
  none,
  hard_sigmoid,
  hard_swish,
  sigmoid,
  swish,
  tanh,
  softplus,
  elu,
  selu,
  celu,
  mish,
  gelu,
  gelu_tanh
};
inline constexpr Curve kLastCurve = Curve::gelu_tanh;

struct Activation {
  std::optional<float> low;
  std::optional<float> high;
  Curve curve = Curve::none;
  float alpha = 1.0f / 6;  // of the curve, where it has them; ONNX's HardSwish fixes 1/6 and 1/2
  float beta = 0.5f;
};

struct Node {
  std::string name;                 // as in the file; made up ("Conv_12") where the file has none
  std::string op;                   // ONNX operator name
  std::vector<std::string> inputs;  // value names; "" for an omitted optional input
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
  Activation activation;

  // Attribute access with ONNX's default. A wrong kind is reported by the importer, so these may rely on it.
  std::int64_t integer(const std::string& key, std::int64_t otherwise) const;
  float real(const std::string& key, float otherwise) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& key, std::vector<std::int64_t> otherwise) const;

  // Does a window of it hang over the map? Where auto_pad says how, one may.
  bool is_padded() const;

  std::string label() const;  // `Conv node "conv2_1"`: how messages speak of it
};

struct Graph {
  std::string name;
  int opset = 0;
  std::string input;        // the one computed input
  Range input_range;        // what prepared pictures hold, where the preprocessing is known
  std::string output;       // the one result that is kept (the scores)
  std::vector<Node> nodes;  // topological order
  std::map<std::string, Tensor> initialisers;
  std::map<std::string, Dims> shapes;  // of every value, after infer_shapes
  std::vector<Node> host_tail;         // after passes/normalise: what followed `output`, left to the host
  // Nodes of the file that passes took out: which node does their work now, or "" where none is left to do.
  std::map<std::string, std::string> folded;

  const Node* producer(const std::string& value) const;
  std::vector<const Node*> consumers(const std::string& value) const;
  bool is_constant(const std::string& value) const { return initialisers.count(value) != 0; }
  Status verify() const;
};

// One node a line, for --dump-after and golden tests: `%out = Conv(%in, w[16x3x3x3]) {strides=[1,1]} relu  # node
// name`.
std::string print(const Graph& graph);

}  // namespace sluice::ir
