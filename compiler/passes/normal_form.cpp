// SPDX-License-Identifier: Apache-2.0
// The rules of the normal form, one function per operator (see normal_form.hpp).
// Before and after: as the header says.
#include "compiler/passes/normal_form.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "compiler/passes/edit.hpp"
#include "compiler/passes/lift_vectors.hpp"

namespace sluice::passes {
namespace {

// Problem and hint; an empty problem is none.
struct Verdict {
  std::string problem;
  std::string hint;
};

const Verdict kFine{};

bool is_vector(const ir::Dims& dims) { return dims.size() == 4 && dims[2] == 1 && dims[3] == 1; }

Verdict check_conv(const ir::Graph& graph, const ir::Node& node) {
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i].empty()) continue;
    if (!graph.is_constant(node.inputs[i]))
      return {"its weights are computed", "export the model in inference mode, so that they are constants"};
    const ir::Tensor& constant = graph.initialisers.at(node.inputs[i]);
    if (constant.is_integer()) return {"its weights or biases are integers", "export the quantised model in QDQ form"};
    if (!std::all_of(constant.values.begin(), constant.values.end(),
                     [](float value) { return std::isfinite(value); })) {
      return {"its weights hold infinity or NaN",
              "train again, or look for a variance of 0 in the BatchNormalization behind it"};
    }
  }
  const ir::Dims& weights = graph.shapes.at(node.inputs[1]);
  const std::int64_t group = node.integer("group", 1);
  if (group != 1 && !(weights[0] == group && weights[1] == 1)) {
    return {fmt::format("{} groups over {} filters are too large to be written out", group, weights[0]),
            "use fewer groups, or depthwise convolutions"};
  }
  for (const std::int64_t dilation : node.integers("dilations", {})) {
    if (dilation != 1)
      return {fmt::format("a dilation of {} is too large to be written out", dilation), "train without dilation"};
  }
  return kFine;
}

Verdict check_pool(const ir::Node& node) {
  if (node.integer("ceil_mode", 0) != 0)
    return {
        "a window that counts padding hangs over the map (ceil_mode), so the divisor differs at the border",
        "there is no kernel for it; ceil_mode=0 would change a trained network's results, so it must be trained so"};
  for (const std::int64_t dilation : node.integers("dilations", {})) {
    if (dilation != 1) return {fmt::format("pools with dilation {}", dilation), "train without dilation"};
  }
  const auto pads = node.integers("pads", {});
  const bool has_pad = std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; });
  if (node.op == "AveragePool" && has_pad && node.integer("count_include_pad", 0) == 0) {
    return {
        "averages over a padded map without counting the padding (count_include_pad=0), so the divisor differs at the "
        "border",
        "there is no kernel for it; count_include_pad=1 or ceil_mode=0 would change a trained network's results, so it "
        "must be "
        "trained so, or without padding"};
  }
  return kFine;
}

Verdict check_add(const ir::Graph& graph, const ir::Node& node) {
  for (const std::string& value : node.inputs) {
    if (graph.is_constant(value))
      return {"adds a constant that differs from pixel to pixel", "add one number per channel"};
  }
  if (graph.shapes.at(node.inputs[0]) != graph.shapes.at(node.inputs[1])) {
    return {fmt::format("adds {} and {}", ir::to_text(graph.shapes.at(node.inputs[0])),
                        ir::to_text(graph.shapes.at(node.inputs[1]))),
            "add maps of one shape"};
  }
  return kFine;
}

Verdict check_mul(const ir::Graph& graph, const ir::Node& node) {
  for (const std::string& value : node.inputs) {
    if (graph.is_constant(value))
      return {"multiplies by a constant that differs from pixel to pixel", "multiply by one number per channel"};
  }
  const ir::Dims &map = graph.shapes.at(node.inputs[0]), &gate = graph.shapes.at(node.inputs[1]);
  if (map.size() == 4 && is_vector(gate) && gate[1] == map[1]) return kFine;
  return {fmt::format("multiplies {} by {}", ir::to_text(map), ir::to_text(gate)),
          "a map times one number per channel (squeeze-excite) is possible"};
}

Verdict check_concat(const ir::Graph& graph, const ir::Node& node) {
  for (const std::string& value : node.inputs) {
    if (graph.is_constant(value)) return {"joins a constant", "join computed maps"};
  }
  const std::int64_t axis = node.integer("axis", 1);
  return axis == 1 || axis == -3
             ? kFine
             : Verdict{fmt::format("joins maps along axis {}", axis), "join them along channels (axis 1)"};
}

Verdict check_activation(const ir::Node& node) {
  if (node.op == "Clip") return {"its bounds are computed", "use constant bounds"};
  return {"is not applied to a map of one picture", "apply it to 1xCxHxW maps"};
}

Verdict check_softmax(const ir::Graph& graph, const ir::Node& node) {
  if (is_softmax_of_single_scores(graph, node))
    return {"runs along an axis of one element, so that all scores become equal",
            "export it along the classes (axis=1)"};
  return {"stands inside the network", "it is possible after the scores only, where the host computes it"};
}

Verdict check_transpose(const ir::Graph& graph, const ir::Node& node) {
  if (graph.shapes.at(node.inputs[0]).size() != 4)
    return {fmt::format("reorders {} in a way that is no fixed order of channels",
                        ir::to_text(graph.shapes.at(node.inputs[0]))),
            "a channel shuffle of one map (Reshape, Transpose, Reshape) is possible"};
  return {"moves channels", "export channels-first (tf2onnx: --inputs-as-nchw)"};
}

// Additions and products with constants have become normalisations, too.
Verdict check_normalisation(const ir::Graph& graph, const ir::Node& node) {
  if (node.integer("training_mode", 0) != 0)
    return {"computes its statistics from the picture (training mode)",
            "export the model in inference mode (torch: model.eval(); torch.onnx.export(training=TrainingMode.EVAL))"};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!graph.is_constant(node.inputs[i]))
      return {"its parameters are computed", "export them as constants (torch.onnx.export(do_constant_folding=True))"};
  }
  return {
      fmt::format("scales and shifts {}, which is no map of one picture", ir::to_text(graph.shapes.at(node.inputs[0]))),
      fmt::format("it is possible on maps (1xCxHxW), on the row that a fully connected layer reads or makes, and on "
                  "rows of up to {} numbers",
                  kMostFeatures)};
}

Verdict check_by_op(const ir::Graph& graph, const ir::Node& node) {
  const std::string& op = node.op;
  if (op == "Conv") return check_conv(graph, node);
  if (op == "MaxPool" || op == "AveragePool") return check_pool(node);
  if (op == "GlobalAveragePool") return kFine;
  if (op == "Add") return check_add(graph, node);
  if (op == "Mul") return check_mul(graph, node);
  if (op == "Concat") return check_concat(graph, node);
  if (is_activation(node)) return check_activation(node);
  if (op == "LeakyRelu" || op == "PRelu")
    return {"has slopes that are computed, or some above 1 and some below", "use constant slopes of at most 1"};
  if (op == "Softmax" || op == "LogSoftmax") return check_softmax(graph, node);
  if (op == "Sub" || op == "Div" || op == "Neg")
    return {"combines computed values in a way that no kernel does",
            "adding and subtracting maps of one shape is possible, and dividing by constants, one per channel"};
  if (op == "Gemm" || op == "MatMul")
    return {"is not one picture's map times a constant matrix",
            "flatten the whole map in front of it, and keep matrix and bias constant"};
  if (op == "BatchNormalization") return check_normalisation(graph, node);
  if (op == "Pad")
    return {"pads with something else than a constant that the window behind it could take",
            "pad with zeros, in front of a convolution"};
  if (op == "ReduceMean" || op == "ReduceSum" || op == "ReduceMax")
    return {"reduces over other axes than height and width", "reduce over axes 2 and 3"};
  if (op == "Transpose") return check_transpose(graph, node);
  if (is_reshape(node)) return {"reshapes a map inside the network", "keep maps as they are up to the classifier"};
  if (op == "Quant")
    return {"quantises by values that are not constant, or differ from channel to channel",
            "export it with one scale for the map (Brevitas: per-tensor activation quantisers)"};
  if (op == "QuantizeLinear" || op == "DequantizeLinear")
    return {"quantises by values that are not constant, or not in a pair", "export in QDQ form"};
  if (op == "ArgMax" || op == "TopK" || op == "TopK.Indices")
    return {"ranks something else than a row of scores, or passes the ranked numbers on",
            "end the model at the scores; several outputs are possible, of which --model-output takes one"};
  if (op == "Slice" || op == "Split" || op == "Gather")
    return {"takes a part of a map that is neither some channels nor every n-th row and column",
            "flips and parts that are computed are not possible"};
  if (op == "Min" || op == "Max")
    return {"chooses between computed values, or by constants that differ from element to element",
            "one number as the bound (a clamp) is possible"};
  return {"works on computed values", "it is possible on constants and shapes only"};
}

// A value that is no map because of a finding makes findings of all that works on it. A reshape is one because of its
// reader: no layer has taken it.
void mark_consequences(const ir::Graph& graph, std::vector<Finding>& findings) {
  std::map<std::string, Finding*> by_node;
  for (Finding& finding : findings) by_node[finding.node] = &finding;
  std::set<std::string> spoilt;  // values
  for (const ir::Node& node : graph.nodes) {
    const auto found = by_node.find(node.name);
    if (found == by_node.end()) continue;
    found->second->is_consequence = std::any_of(node.inputs.begin(), node.inputs.end(),
                                                [&](const std::string& value) { return spoilt.count(value) != 0; });
    const bool is_map = graph.shapes.at(node.outputs[0]).size() == 4;
    if (found->second->is_consequence || (!is_map && !is_reshape(node))) spoilt.insert(node.outputs[0]);
  }
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto found = by_node.find(node->name);
    if (found == by_node.end() || !is_reshape(*node)) continue;
    for (const ir::Node* reader : graph.consumers(node->outputs[0]))
      found->second->is_consequence |= by_node.count(reader->name) != 0;
  }
}

// What is wrong with the input is the cause of whatever is wrong after it, so it is said alone.
std::optional<Finding> wrong_input(const ir::Graph& graph) {
  const ir::Dims& dims = graph.shapes.at(graph.input);
  const std::string shape = ir::to_text(dims);
  if (dims.size() != 4) {
    return Finding{graph.input, "input", "the model's input is no picture but " + shape,
                   "classifiers of pictures (1xCxHxW) are possible; a model that takes a flattened picture is one "
                   "when its Reshape or Flatten is exported with it"};
  }
  if (dims[0] != 1) {
    return Finding{
        graph.input, "input",
        fmt::format("the model takes {} pictures at once ({}), and a node of it depends on that", dims[0], shape),
        "export it for one picture (torch.onnx.export with an example of batch 1, or dynamic_axes; tf2onnx "
        "--inputs NAME[1,...])"};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Finding> outside_normal_form(const ir::Graph& graph) {
  if (auto wrong = wrong_input(graph)) return {std::move(*wrong)};
  std::vector<Finding> findings;
  for (const ir::Node& node : graph.nodes) {
    Verdict verdict = check_by_op(graph, node);
    const ir::Dims& out = graph.shapes.at(node.outputs[0]);
    if (verdict.problem.empty() && (out.size() != 4 || out[0] != 1)) {
      verdict = {"makes " + ir::to_text(out), "maps of one picture (1xCxHxW) are possible: fix the batch to 1"};
    }
    if (!verdict.problem.empty()) findings.push_back({node.name, node.op, verdict.problem, verdict.hint});
  }
  mark_consequences(graph, findings);
  const ir::Dims& scores = graph.shapes.at(graph.output);
  const ir::Node* last = graph.producer(graph.output);
  if (findings.empty() && !is_vector(scores)) {
    findings.push_back({last ? last->name : graph.output, last ? last->op : "output",
                        "the result is a map of " + ir::to_text(scores), "a classifier ends in one number per class"});
  }
  return findings;
}

}  // namespace sluice::passes
