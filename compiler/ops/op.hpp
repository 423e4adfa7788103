// SPDX-License-Identifier: Apache-2.0
// Operator: all the front end knows of one ONNX operator, in one record.
//
// Why: importer, shape inference, constant folding and the float interpreter ask the same questions of an operator.
// With the answers in one file per operator, a new operator is one file and one line in op_list.inc. Operators that
// differ in one expression (functions of one number, comparisons, reductions) share a file.
//
// The record answers: which opsets; which attributes of which kind since when; how many inputs; which values are
// refused and in what words; the shape of the result; the result itself, written from the ONNX definition with plain
// loops. A record computes one output. Further outputs of an ONNX operator have records of their own, called
// OPERATOR.OUTPUT. The importer makes a node for each that is read. So a node of a graph has one output, always.
//
// Before: nodes whose attributes `check_node` has accepted. After: shape() bounds every size by ir::kMaxElements, and
// evaluate() may rely on all that shape() has checked.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice::ops {

inline constexpr int kFirstOpset = 7;
// Up to here the operators that are claimed mean what they did in opset 20, but for more types of elements, blocks of
// scales and formats of numbers; what the records do not name is refused.
inline constexpr int kLastOpset = 25;

enum class AttributeKind { integer, real, text, integers, reals, tensor };

struct AttributeRule {
  const char* name;
  AttributeKind kind;
  int since = 1;
  int until = kLastOpset;
};

// One argument of a call. `value` is null where shapes are inferred and the argument is not a known constant.
struct Operand {
  const ir::Dims* dims = nullptr;
  const ir::Tensor* value = nullptr;
};

// A node together with what is known of its arguments.
struct Call {
  const ir::Node& node;
  int opset;
  std::vector<Operand> inputs;

  bool has(std::size_t index) const { return index < inputs.size() && inputs[index].dims != nullptr; }
  const ir::Dims& dims(std::size_t index) const { return *inputs[index].dims; }
  const ir::Tensor& value(std::size_t index) const { return *inputs[index].value; }
  // The argument as a constant; `what` names its part in the sentence when it is computed.
  Result<const ir::Tensor*> constant(std::size_t index, const char* what) const;
  // The same as integers (rank 0 or 1).
  Result<std::vector<std::int64_t>> integers(std::size_t index, const char* what) const;
};

struct Operator {
  const char* name;
  int since_opset = 1;
  std::size_t least_inputs = 1;
  std::size_t most_inputs = 1;
  std::vector<AttributeRule> attributes;
  // Most operators compute with numbers; text as an argument is refused for them in one place.
  bool takes_text = false;
  // The result follows from the operands' shapes, whatever they hold (Shape, Size).
  bool reads_shapes_alone = false;
  // The operators that compute the second and later outputs of the same node, by name ("MaxPool.Indices"), in order.
  std::vector<const char*> side_outputs = {};
  // Any number of outputs, of one kind: kOutputIndex and kOutputs of a node say which it makes, of how many.
  bool numbers_outputs = false;
  // Refuses attribute values; null when all are fine.
  Status (*accept)(const ir::Node& node, int opset) = nullptr;
  Result<ir::Dims> (*shape)(const Call& call) = nullptr;
  // `out` is what shape() answered for the same call; every argument has a value.
  Result<ir::Tensor> (*evaluate)(const Call& call, const ir::Dims& out) = nullptr;
};

// Attributes that the importer writes, whatever the file says.
inline constexpr const char* kOutputIndex = "sluice.output";
inline constexpr const char* kOutputs = "sluice.outputs";

inline constexpr std::size_t kManyInputs = std::numeric_limits<std::size_t>::max();

// Null for an operator that is not claimed. Names with a dot are side outputs, which no file may name.
const Operator* find_operator(const std::string& name);
const std::vector<const Operator*>& all_operators();

// Opset, attributes and number of inputs against the operator's record.
Status check_node(const ir::Node& node, int opset);

// shape() with the bound on the size; the error names the node.
Result<ir::Dims> infer_shape(const Call& call);

// Shape, result and fused activation; the error names the node.
Result<ir::Tensor> evaluate(const Call& call);

// Applies Node::activation to every value.
void apply(const ir::Activation& activation, ir::Tensor& tensor);

}  // namespace sluice::ops
