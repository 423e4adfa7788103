// SPDX-License-Identifier: Apache-2.0
// One function per kind of silliness (see check_warnings.hpp).
// Before and after: as the header says.
#include "compiler/driver/check_warnings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/quantise/host_tail.hpp"

namespace sluice {
namespace {

// M20K of a Stratix 10 2800: 11,721 blocks of 20 kbit.
constexpr std::int64_t kLargestOnChipBytes = std::int64_t{11721} * 20480 / 8;
constexpr double kLargeShare = 0.5;
constexpr int kTestedOpset = 17;

using Warnings = std::vector<std::string>;

// One sentence for many nodes: the first few are named.
std::string names_text(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) text += (i ? ", \"" : "\"") + names[i] + "\"";
  if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
  return text;
}

void warn_of_opset(const ir::Graph& graph, Warnings& warnings) {
  if (graph.opset > kTestedOpset) {
    warnings.push_back(fmt::format("opset {} is read where operators mean what they did in {}; tests cover 7 to {}",
                                   graph.opset, kTestedOpset, kTestedOpset));
  }
}

void warn_of_class(const ir::Graph& graph, Warnings& warnings) {
  if (const std::string text = left_out_class(graph); !text.empty()) warnings.push_back(text);
}

// Nodes that became a convolution of their own although they are none.
void warn_of_lone_nodes(const ir::Graph& imported, const ir::Graph& graph, Warnings& warnings) {
  std::vector<std::string> alone;
  for (const ir::Node& node : graph.nodes) {
    const auto origin = std::find_if(imported.nodes.begin(), imported.nodes.end(),
                                     [&](const ir::Node& n) { return n.name == node.name; });
    const std::string was = origin == imported.nodes.end() ? node.op : origin->op;
    if (node.op != "Conv" || was == "Conv" || was == "Gemm" || was == "MatMul") continue;
    const bool is_preprocessing = node.inputs[0] == graph.input && was != "Pad" && was != "Relu" && was != "Clip";
    if (!is_preprocessing) {
      alone.push_back(node.name);
      continue;
    }
    warnings.push_back(fmt::format(
        "{} node \"{}\" works on the picture and costs a kernel; if it normalises pixels, take it out of the model and "
        "give --mean and --std to sluice plan",
        was, node.name));
  }
  if (!alone.empty())
    warnings.push_back(fmt::format("no convolution in front to join, a kernel each: {}", names_text(alone)));
}

void warn_of_zero_weights(const ir::Graph& graph, Warnings& warnings) {
  std::vector<std::string> layers;
  std::int64_t all = 0;
  for (const ir::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    const ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
    const std::int64_t filters = weights.dims[0], size = weights.size() / filters;
    std::int64_t empty = 0;
    for (std::int64_t f = 0; f < filters; ++f) {
      const auto first = weights.values.begin() + f * size;
      empty += std::all_of(first, first + size, [](float w) { return w == 0; });
    }
    if (empty > 0) layers.push_back(node.name);
    all += empty;
  }
  if (all > 0)
    warnings.push_back(
        fmt::format("{} filters hold zeros only, smaller layers would do the same: {}", all, names_text(layers)));
}

void warn_of_written_out(const ir::Graph& imported, const ir::Graph& graph, Warnings& warnings) {
  std::vector<std::string> layers;
  std::int64_t stored = 0, written = 0;
  for (const ir::Node& node : imported.nodes) {
    const auto now = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                  [&](const ir::Node& n) { return n.name == node.name && n.op == "Conv"; });
    if (node.op != "Conv" || now == graph.nodes.end()) continue;
    const std::int64_t before = ir::element_count(imported.shapes.at(node.inputs[1])),
                       after = ir::element_count(graph.shapes.at(now->inputs[1]));
    if (after <= before) continue;
    layers.push_back(node.name);
    stored += before;
    written += after;
  }
  if (layers.empty()) return;
  warnings.push_back(
      fmt::format("groups or dilation are written out with zeros, {} weights instead of {}, which only engines that "
                  "skip zeros gain back: {}",
                  written, stored, names_text(layers)));
}

void warn_of_balance(const ir::Graph& graph, Warnings& warnings) {
  std::int64_t all = 0, largest = 0, weights = 0;
  std::size_t convolutions = 0;
  const ir::Node* heaviest = nullptr;
  for (const ir::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    const std::int64_t macs = macs_of(graph, node);
    all += macs;
    weights += graph.initialisers.at(node.inputs[1]).size();
    ++convolutions;
    if (macs > largest) {
      largest = macs;
      heaviest = &node;
    }
  }
  if (heaviest && convolutions > 2 && static_cast<double>(largest) > kLargeShare * static_cast<double>(all)) {
    warnings.push_back(
        fmt::format("{} does {:.0f} % of all multiplications; a pipeline is as fast as its slowest layer",
                    heaviest->label(), 100.0 * static_cast<double>(largest) / static_cast<double>(all)));
  }
  if (weights > kLargestOnChipBytes) {
    warnings.push_back(
        fmt::format("{:.1f} M weights: at 8 bits more than the {:.0f} MB of block memory on a Stratix 10 2800",
                    1e-6 * static_cast<double>(weights), 1e-6 * static_cast<double>(kLargestOnChipBytes)));
  }
}

}  // namespace

std::int64_t macs_of(const ir::Graph& graph, const ir::Node& conv) {
  const ir::Dims &out = graph.shapes.at(conv.outputs[0]), &weights = graph.shapes.at(conv.inputs[1]);
  return ir::element_count(out) * weights[1] * weights[2] * weights[3];
}

std::string left_out_class(const ir::Graph& graph) {
  const ir::Node* node = class_node(graph);
  if (!node) return "";
  return fmt::format("{} names the largest score; it is left out, and results are the scores that it reads",
                     node->label());
}

std::vector<std::string> warnings_of(const ir::Graph& imported, const ir::Graph& normal) {
  Warnings warnings;
  warn_of_opset(normal, warnings);
  warn_of_class(normal, warnings);
  warn_of_lone_nodes(imported, normal, warnings);
  warn_of_written_out(imported, normal, warnings);
  warn_of_zero_weights(normal, warnings);
  warn_of_balance(normal, warnings);
  return warnings;
}

}  // namespace sluice
