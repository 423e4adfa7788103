// SPDX-License-Identifier: Apache-2.0
// The list of these operators: where each has its operands, and what it stands for (see quantised_operators.hpp).
#include "compiler/frontend/quantised_operators.hpp"

#include <algorithm>

#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::frontend {
namespace {

constexpr const char* kOnnxruntime = "com.microsoft";

struct Form {
  const char* domain;
  const char* op;
  const char* stands_for;
  int operands;     // each with its scale and zero point; 0: as many as there are, after those of the result
  std::size_t out;  // input that is the result's scale; its zero point follows
};

constexpr Form kForms[] = {
    {"", "QLinearConv", "Conv", 2, 6},
    {"", "QLinearMatMul", "MatMul", 2, 6},
    {kOnnxruntime, "QGemm", "Gemm", 2, 7},
    {kOnnxruntime, "QLinearAdd", "Add", 2, 6},
    {kOnnxruntime, "QLinearAveragePool", "AveragePool", 1, 3},
    {kOnnxruntime, "QLinearConcat", "Concat", 0, 0},
    {kOnnxruntime, "QLinearGlobalAveragePool", "GlobalAveragePool", 1, 3},
    {kOnnxruntime, "QLinearLeakyRelu", "LeakyRelu", 1, 3},
    {kOnnxruntime, "QLinearMul", "Mul", 2, 6},
    {kOnnxruntime, "QLinearReduceMean", "ReduceMean", 1, 3},
    {kOnnxruntime, "QLinearSigmoid", "Sigmoid", 1, 3},
    {kOnnxruntime, "QLinearSoftmax", "Softmax", 1, 3},
};

const Form* form_of(const std::string& op) {
  const auto* found =
      std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& form) { return op == form.op; });
  return found == std::end(kForms) ? nullptr : found;
}

class Expansion {
 public:
  Expansion(const ir::Node& node, const Form& form) : node_(node), form_(form) {}

  Result<std::vector<ir::Node>> nodes(int opset) {
    SLUICE_CHECK(refuse_layouts(opset));
    ir::Node work = node_;
    work.op = form_.stands_for;
    for (const char* key : {"channels_last", "opset"}) work.attributes.erase(key);
    work.inputs = SLUICE_TRY(operands());
    SLUICE_CHECK(add_bias(work));
    SLUICE_CHECK(ops::check_node(work, opset));
    // QGemm alone may leave its result real.
    if (has(form_.out) || form_.op != std::string("QGemm")) {
      SLUICE_CHECK(require(form_.out, "scale"));
      SLUICE_CHECK(require(form_.out + 1, "zero point"));
      work.outputs = {part("real")};
      nodes_.push_back(work);
      ir::Node last{.name = part("quantize"), .op = "QuantizeLinear", .outputs = node_.outputs};
      last.inputs = {work.outputs[0], node_.inputs[form_.out], node_.inputs[form_.out + 1]};
      nodes_.push_back(std::move(last));
    } else {
      nodes_.push_back(std::move(work));
    }
    return std::move(nodes_);
  }

 private:
  bool has(std::size_t index) const { return index < node_.inputs.size() && !node_.inputs[index].empty(); }
  std::string part(const std::string& what) const { return node_.outputs[0] + "_" + what; }

  Status require(std::size_t index, const char* what) const {
    return has(index) ? ok() : user_error("input {}, a {}, is missing", index, what);
  }

  Status refuse_layouts(int opset) const {
    if (node_.integer("channels_last", 0) != 0)
      return user_error(
          "works channels-last; quantise the model before onnxruntime optimises it, or with "
          "quant_format=QuantFormat.QDQ");
    const bool is_softmax = node_.op == "QLinearSoftmax";
    if (is_softmax && (node_.integer("opset", opset) < 13) != (opset < 13))
      return user_error("means the Softmax of opset {} in a model of opset {}", node_.integer("opset", opset), opset);
    return ok();
  }

  // The value of the operand whose codes are input `at`; its scale and zero point are the next two.
  Result<std::string> dequantised(std::size_t at, std::int64_t axis) {
    SLUICE_CHECK(require(at, "operand"));
    SLUICE_CHECK(require(at + 1, "scale"));
    const std::string name = part(fmt::format("dequantize_{}", nodes_.size()));
    ir::Node made{.name = name, .op = "DequantizeLinear", .outputs = {name}, .attributes = {{"axis", axis}}};
    made.inputs = {node_.inputs[at], node_.inputs[at + 1], has(at + 2) ? node_.inputs[at + 2] : ""};
    nodes_.push_back(std::move(made));
    return name;
  }

  // Along which a list of scales runs, of the second operand: its filters or columns.
  std::int64_t weight_axis() const {
    if (node_.op == "QLinearConv") return 0;
    return node_.op == "QGemm" && node_.integer("transB", 0) != 0 ? 0 : -1;
  }

  Result<std::vector<std::string>> operands() {
    std::vector<std::string> values;
    const bool is_list = form_.operands == 0;
    const std::size_t first = is_list ? 2 : 0;
    const std::size_t count =
        is_list ? (std::max(node_.inputs.size(), first) - first) / 3 : std::size_t(form_.operands);
    for (std::size_t i = 0; i < count; ++i) {
      std::string value = SLUICE_TRY(dequantised(first + 3 * i, i == 1 && !is_list ? weight_axis() : 1));
      values.push_back(std::move(value));
    }
    return values;
  }

  // A bias has codes of 32 bits, whose step is the product of the operands' steps.
  Status add_bias(ir::Node& work) {
    const std::size_t at = node_.op == "QLinearConv" ? 8 : node_.op == "QGemm" ? 6 : node_.inputs.size();
    if (!has(at)) return ok();
    if (node_.real("alpha", 1.0f) != 1.0f)
      return user_error("has a bias and an alpha of {}", node_.real("alpha", 1.0f));
    const std::string step = part("bias_step"), bias = part("bias");
    nodes_.push_back({.name = step, .op = "Mul", .inputs = {node_.inputs[1], node_.inputs[4]}, .outputs = {step}});
    nodes_.push_back({.name = bias,
                      .op = "DequantizeLinear",
                      .inputs = {node_.inputs[at], step},
                      .outputs = {bias},
                      .attributes = {{"axis", std::int64_t{0}}}});
    work.inputs.push_back(bias);
    return ok();
  }

  const ir::Node& node_;
  const Form& form_;
  std::vector<ir::Node> nodes_;
};

}  // namespace

bool is_quantised_operator(const std::string& domain, const std::string& op) {
  const Form* form = form_of(op);
  return form && domain == form->domain;
}

Result<std::vector<ir::Node>> expanded(const ir::Node& node, int opset) {
  return Expansion(node, *form_of(node.op)).nodes(opset);
}

}  // namespace sluice::frontend
