// SPDX-License-Identifier: Apache-2.0
// A quantised model in QDQ form is a float model with its rounding written out. Sluice rounds on its own, so the pairs
// go; the weights' DequantizeLinear is folded with the constants. What must stay is saturation: quantisers drop a Relu
// whose work a QuantizeLinear does (zero point at the end of the range), wherever it stands.
//
// So a QuantizeLinear becomes Clip(low, high) with the real numbers that its first and last code stand for, and the
// DequantizeLinear becomes nothing, however many there are. What stands between the two works on codes, and codes are
// real numbers in order on a line: a Clip of codes is one of real numbers, and pools, transpositions and reshapes stay
// as they are. A clamp that the value cannot reach (by more than half a step, which rounding would take) is left out.
// Clips of one value with the same bounds become one, so that its maker has one reader and takes the clamp for nothing.
// QONNX's Quant is both of a pair in one node.
//
// Preserved: every clamp, whoever made the value and however many read it. Given up: rounding, up to half a step at
// each pair.
// Before: constants folded. After: no Quant, and no QuantizeLinear whose codes all come to a DequantizeLinear of the
// same numbers, where scale, zero point and bits are constant numbers; others stay as they are, and normal_form refuses
// them.
#include "compiler/passes/remove_quantisation.hpp"

#include <cmath>
#include <set>

#include "compiler/ir/value_range.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

// The real numbers that codes of one QuantizeLinear stand for: (code - zero) * scale.
struct Codes {
  float scale = 1;
  float zero = 0;
  ir::Range codes;

  ir::Range real(const ir::Range& some) const { return {(some.low - zero) * scale, (some.high - zero) * scale}; }
};

std::optional<float> zero_point(const ir::Graph& graph, const ir::Node& node) {
  const bool is_stated = node.inputs.size() > 2 && !node.inputs[2].empty();
  return is_stated ? constant_number(graph, node.inputs[2]) : 0.0f;
}

// Of a QuantizeLinear or a Quant.
std::optional<Codes> codes_of(const ir::Graph& graph, const ir::Node& quantise) {
  const auto scale = constant_number(graph, quantise.inputs[1]), zero = zero_point(graph, quantise);
  if (!scale || !(*scale > 0) || !std::isfinite(*scale) || !zero) return std::nullopt;
  std::optional<ir::Range> range;
  if (quantise.op == "Quant") {
    const auto bits = constant_number(graph, quantise.inputs[3]);
    if (bits) range = ir::quant_codes(quantise, *bits);
  } else {
    range = ir::code_range(graph, quantise);
  }
  if (!range) return std::nullopt;
  return Codes{*scale, *zero, *range};
}

// Keeps the order of codes, so that it does to real numbers what it does to codes.
bool works_on_codes(const ir::Graph& graph, const ir::Node& node) {
  return node.op == "MaxPool" || node.op == "Transpose" || is_reshape(node) ||
         (node.op == "Clip" && ir::clip_range(graph, node));
}

// Names of the nodes that handle these codes up to and with each DequantizeLinear; nothing where one does not fit.
std::optional<std::set<std::string>> readers_of_codes(const ir::Graph& graph, const ir::Node& quantise,
                                                      const Codes& codes) {
  std::set<std::string> found;
  std::vector<std::string> open{quantise.outputs[0]};
  while (!open.empty()) {
    const std::string value = open.back();
    open.pop_back();
    const auto readers = graph.consumers(value);
    if (readers.empty() || value == graph.output) return std::nullopt;
    for (const ir::Node* reader : readers) {
      if (reader->inputs[0] != value) return std::nullopt;
      if (!found.insert(reader->name).second) continue;
      if (reader->op == "DequantizeLinear") {
        const auto scale = constant_number(graph, reader->inputs[1]);
        if (scale != codes.scale || zero_point(graph, *reader) != codes.zero) return std::nullopt;
      } else if (works_on_codes(graph, *reader)) {
        open.push_back(reader->outputs[0]);
      } else {
        return std::nullopt;
      }
    }
  }
  return found;
}

void become_clip(ir::Node& node, const ir::Range& range) {
  node.op = "Clip";
  node.inputs.resize(1);
  node.attributes.clear();
  if (std::isfinite(range.low)) node.attributes["min"] = static_cast<float>(range.low);
  if (std::isfinite(range.high)) node.attributes["max"] = static_cast<float>(range.high);
}

std::size_t index_of(const ir::Graph& graph, const std::string& name) {
  std::size_t index = 0;
  while (graph.nodes[index].name != name) ++index;
  return index;
}

// The result of a Clip that an earlier pair left on the same value with the same bounds.
std::optional<std::string> same_clip(const ir::Graph& graph, std::size_t index) {
  const ir::Node& node = graph.nodes[index];
  for (std::size_t i = 0; i < index; ++i) {
    const ir::Node& other = graph.nodes[i];
    const bool is_same = other.op == "Clip" && other.inputs[0] == node.inputs[0] &&
                         ir::clip_range(graph, other) == ir::clip_range(graph, node);
    if (is_same) return other.outputs[0];
  }
  return std::nullopt;
}

// The classes' probabilities sum to 1: above one half only one of them can be, and a clamp there changes no order.
bool is_harmless_tail(const ir::Graph& graph, const std::string& value, const ir::Range& bounds) {
  const ir::Node* maker = graph.producer(value);
  return maker && maker->op == "Softmax" && bounds.low <= 0 && bounds.high >= 0.5;
}

// What is left of what rounds `value` to these codes and back.
void leave_clamp(ir::Graph& graph, std::size_t index, const Codes& codes) {
  const std::string value = graph.nodes[index].inputs[0];
  const ir::Range bounds = codes.real(codes.codes), reached = ir::value_ranges(graph, graph.input_range).at(value);
  const double half_step = codes.scale / 2.0;
  const bool is_idle = reached.low >= bounds.low - half_step && reached.high <= bounds.high + half_step;
  become_clip(graph.nodes[index], bounds);
  const auto same = same_clip(graph, index);
  if (is_idle || is_harmless_tail(graph, value, bounds))
    remove_node(graph, index, value);
  else if (same)
    remove_node(graph, index, *same);
}

void remove_pair(ir::Graph& graph, const std::string& name, const Codes& codes, const std::set<std::string>& readers) {
  for (const std::string& reader : readers) {
    const std::size_t index = index_of(graph, reader);
    ir::Node& node = graph.nodes[index];
    if (node.op == "DequantizeLinear") {
      const std::string value = node.inputs[0];
      remove_node(graph, index, value);
    } else if (node.op == "Clip") {
      const ir::Range of_codes = *ir::clip_range(graph, node);
      become_clip(node, codes.real(of_codes));
    }
  }
  leave_clamp(graph, index_of(graph, name), codes);
}

}  // namespace

Status remove_quantisation(ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::Node& node : graph.nodes) {
    if (node.op == "QuantizeLinear" || node.op == "Quant") names.push_back(node.name);
  }
  for (const std::string& name : names) {
    const ir::Node& quantise = graph.nodes[index_of(graph, name)];
    const auto codes = codes_of(graph, quantise);
    if (!codes) continue;
    if (quantise.op == "Quant")
      leave_clamp(graph, index_of(graph, name), *codes);
    else if (const auto readers = readers_of_codes(graph, quantise, *codes))
      remove_pair(graph, name, *codes, *readers);
  }
  return ok();
}

}  // namespace sluice::passes
