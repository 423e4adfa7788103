// SPDX-License-Identifier: Apache-2.0
// Slice, Split, Gather, Reshape, Transpose and Concat compute nothing: each result is one of the operands' numbers.
// Networks use them to take every second pixel (the parameter-free shortcut of ResNets for CIFAR), to split channels,
// and to shuffle them (ShuffleNet: Reshape, Transpose, Reshape, or Split and Concat). What a chain of such nodes does
// is asked of the operators themselves: they move the numbers 0, 1, 2, ... as they would move the map. If a map comes
// out whose channels are some of the channels, and whose pixels are every s-th row and column from some first one, then
// a convolution does the same: its weights are 1 where a filter's own channel is, at the tap where the first pixel is,
// and 0 elsewhere. Convolutions that read nothing but a choice of channels take it into their weights (W P x), so that
// a shuffle in front of them costs nothing.
//
// Preserved: every number; what else reads a node of the chain still does.
// Before: constants folded. After: no chain of this kind from a map to a map; others (flips, blocks of pixels turned
// into channels) stay as they are.
#include "compiler/passes/select_by_convolution.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "compiler/ops/op.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using List = std::vector<std::int64_t>;

constexpr std::int64_t kMostNumbers = std::int64_t{1} << 22;  // of a map that is followed number by number
constexpr std::size_t kLongestChain = 16;
constexpr std::size_t kMostMovers = 1000;

bool only_moves(const ir::Graph& graph, const ir::Node& node) {
  if (node.op == "Concat")
    return std::none_of(node.inputs.begin(), node.inputs.end(),
                        [&](const std::string& value) { return graph.is_constant(value); });
  const bool is_mover =
      is_reshape(node) || node.op == "Transpose" || node.op == "Slice" || node.op == "Split" || node.op == "Gather";
  if (!is_mover) return false;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].empty() && graph.is_constant(node.inputs[i]) == (i == 0)) return false;
  }
  return true;
}

bool is_map(const ir::Dims& dims) { return dims.size() == 4 && dims[0] == 1; }

// Nodes that lead from one map to a value and compute nothing: a chain, or with Concat a bundle of chains.
class Movement {
 public:
  Movement(const ir::Graph& graph, const ir::Node& last) : graph_(graph), last_(last) {
    // The furthest map that all of it comes from.
    std::vector<std::string> values;
    for (const ir::Node* node = &last; node && only_moves(graph, *node) && values.size() < kLongestChain;
         node = graph.producer(node->inputs[0]))
      values.push_back(node->inputs[0]);
    for (; !values.empty() && source_.empty(); values.pop_back()) {
      std::set<std::string> seen;
      if (is_map(graph.shapes.at(values.back())) && comes_from(values.back(), last, seen)) source_ = values.back();
    }
    // Joining one map with itself is what Concat is for.
    const bool is_join = last.op == "Concat" && std::all_of(last.inputs.begin(), last.inputs.end(),
                                                            [&](const std::string& value) { return value == source_; });
    if (is_join) source_.clear();
  }

  // The map; empty where there is none.
  const std::string& source() const { return source_; }

  // Where each number of the result was in the map.
  Result<ir::Tensor> follow() const {
    ir::Tensor numbers;
    numbers.dims = graph_.shapes.at(source_);
    numbers.type = ir::ElementType::int64;
    numbers.integers.resize(static_cast<std::size_t>(ir::element_count(numbers.dims)));
    std::iota(numbers.integers.begin(), numbers.integers.end(), 0);
    std::map<std::string, ir::Tensor> moved{{source_, std::move(numbers)}};
    SLUICE_CHECK(move(last_, moved));
    return std::move(moved.at(last_.outputs[0]));
  }

 private:
  bool comes_from(const std::string& source, const ir::Node& node, std::set<std::string>& seen) const {
    if (!only_moves(graph_, node) || seen.size() > kMostMovers) return false;
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& value) {
      if (value.empty() || value == source || graph_.is_constant(value) || !seen.insert(value).second) return true;
      const ir::Node* maker = graph_.producer(value);
      return maker && comes_from(source, *maker, seen);
    });
  }

  Status move(const ir::Node& node, std::map<std::string, ir::Tensor>& moved) const {
    for (const std::string& value : node.inputs) {
      const bool is_known = value.empty() || graph_.is_constant(value) || moved.count(value) != 0;
      if (!is_known) SLUICE_CHECK(move(*graph_.producer(value), moved));
    }
    ops::Call call{node, graph_.opset, {}};
    for (const std::string& value : node.inputs) {
      const auto computed = moved.find(value);
      const ir::Tensor* tensor = computed != moved.end() ? &computed->second
                                 : value.empty()         ? nullptr
                                                         : &graph_.initialisers.at(value);
      call.inputs.push_back({tensor ? &tensor->dims : nullptr, tensor});
    }
    moved[node.outputs[0]] = SLUICE_TRY(ops::evaluate(call));
    return ok();
  }

  const ir::Graph& graph_;
  const ir::Node& last_;
  std::string source_;
};

// Channels by number, and for height and width the first pixel and the step.
struct Choice {
  List channels;
  List first{0, 0}, step{1, 1};
};

std::optional<Choice> choice_of(const ir::Tensor& numbers, const ir::Dims& map) {
  const ir::Dims& out = numbers.dims;
  const std::int64_t width = map[3], plane = map[2] * map[3];
  const auto at = [&](std::int64_t c, std::int64_t y, std::int64_t x) {
    return numbers.integers[static_cast<std::size_t>((c * out[2] + y) * out[3] + x)];
  };
  Choice choice;
  choice.first = {at(0, 0, 0) % plane / width, at(0, 0, 0) % width};
  if (out[2] > 1) choice.step[0] = at(0, 1, 0) % plane / width - choice.first[0];
  if (out[3] > 1) choice.step[1] = at(0, 0, 1) % width - choice.first[1];
  if (choice.step[0] < 1 || choice.step[1] < 1) return std::nullopt;
  for (std::int64_t c = 0; c < out[1]; ++c) {
    choice.channels.push_back(at(c, 0, 0) / plane);
    for (std::int64_t y = 0; y < out[2]; ++y) {
      for (std::int64_t x = 0; x < out[3]; ++x) {
        const std::int64_t row = choice.first[0] + y * choice.step[0], column = choice.first[1] + x * choice.step[1];
        if (at(c, y, x) != choice.channels.back() * plane + row * width + column) return std::nullopt;
      }
    }
  }
  return choice;
}

// As many taps as make `out` windows, the first of which has `first` in it.
std::int64_t taps(std::int64_t in, std::int64_t out, std::int64_t first, std::int64_t step) {
  return std::max(first + 1, in - out * step + 1);
}

bool takes_every_channel(const Choice& choice, const ir::Dims& map) {
  List every(static_cast<std::size_t>(map[1]));
  std::iota(every.begin(), every.end(), 0);
  return choice.channels == every;
}

bool takes_every_pixel(const Choice& choice, const ir::Dims& map, const ir::Dims& out) {
  return choice.step == List{1, 1} && out[2] == map[2] && out[3] == map[3];
}

void become_convolution(ir::Graph& graph, ir::Node& node, const std::string& value, const Choice& choice) {
  const ir::Dims map = graph.shapes.at(value), out = graph.shapes.at(node.outputs[0]);
  const bool is_depthwise = takes_every_channel(choice, map);
  const List kernel{taps(map[2], out[2], choice.first[0], choice.step[0]),
                    taps(map[3], out[3], choice.first[1], choice.step[1])};
  ir::Tensor weights = ir::Tensor::zeros({out[1], is_depthwise ? 1 : map[1], kernel[0], kernel[1]});
  const std::int64_t block = kernel[0] * kernel[1], tap = choice.first[0] * kernel[1] + choice.first[1];
  for (std::int64_t f = 0; f < out[1]; ++f) {
    const std::int64_t plane = is_depthwise ? f : f * map[1] + choice.channels[static_cast<std::size_t>(f)];
    weights.values[static_cast<std::size_t>(plane * block + tap)] = 1;
  }
  node.op = "Conv";
  node.inputs = {value, add_initialiser(graph, node.name + "_choice", std::move(weights))};
  node.attributes = {{"kernel_shape", kernel}, {"strides", choice.step}};
  if (is_depthwise) node.attributes["group"] = map[1];
}

bool is_plain_reader(const ir::Graph& graph, const ir::Node& node, const std::string& value) {
  return node.op == "Conv" && node.inputs[0] == value && graph.is_constant(node.inputs[1]) &&
         !graph.initialisers.at(node.inputs[1]).is_integer() && node.integer("group", 1) == 1;
}

// The weights of a reader of P x, for x itself.
ir::Tensor weights_before(const ir::Tensor& old, const List& channels, std::int64_t inputs) {
  ir::Tensor weights = ir::Tensor::zeros({old.dims[0], inputs, old.dims[2], old.dims[3]});
  const std::int64_t block = old.dims[2] * old.dims[3];
  for (std::int64_t f = 0; f < old.dims[0]; ++f) {
    for (std::size_t c = 0; c < channels.size(); ++c) {
      const std::int64_t from = (f * old.dims[1] + static_cast<std::int64_t>(c)) * block;
      for (std::int64_t t = 0; t < block; ++t)
        weights.values[static_cast<std::size_t>((f * inputs + channels[c]) * block + t)] +=
            old.values[static_cast<std::size_t>(from + t)];
    }
  }
  return weights;
}

// True when the readers took the choice over.
bool fold_into_readers(ir::Graph& graph, std::size_t index, const std::string& value, const Choice& choice) {
  const std::string chosen = graph.nodes[index].outputs[0], name = graph.nodes[index].name;
  const std::int64_t inputs = graph.shapes.at(value)[1];
  const auto readers = graph.consumers(chosen);
  if (!takes_every_pixel(choice, graph.shapes.at(value), graph.shapes.at(chosen))) return false;
  if (chosen == graph.output || readers.empty()) return false;
  for (const ir::Node* reader : readers) {
    if (!is_plain_reader(graph, *reader, chosen)) return false;
    const ir::Tensor& weights = graph.initialisers.at(reader->inputs[1]);
    if (weights.size() / weights.dims[1] > ir::kMaxElements / inputs) return false;
  }
  for (ir::Node& reader : graph.nodes) {
    if (reader.inputs.empty() || reader.inputs[0] != chosen) continue;
    ir::Tensor weights = weights_before(graph.initialisers.at(reader.inputs[1]), choice.channels, inputs);
    reader.inputs = {value, add_initialiser(graph, reader.name + "_chosen", std::move(weights)),
                     reader.inputs.size() > 2 ? reader.inputs[2] : ""};
    graph.folded[name] = reader.name;
  }
  return true;
}

}  // namespace

Status select_by_convolution(ir::Graph& graph) {
  // Backwards: what a choice became is a reader of the choices before it.
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const ir::Dims out = graph.shapes.at(graph.nodes[i].outputs[0]);
    const Movement movement(graph, graph.nodes[i]);
    if (movement.source().empty() || !is_map(out) || ir::element_count(out) == 0) continue;
    const std::string value = movement.source();
    const ir::Dims map = graph.shapes.at(value);
    if (ir::element_count(map) > kMostNumbers || map[1] * out[1] > ir::kMaxElements / (map[2] * map[3])) continue;
    const ir::Tensor numbers = SLUICE_TRY(movement.follow());
    const auto choice = choice_of(numbers, map);
    if (!choice) continue;
    const bool is_all = takes_every_channel(*choice, map) && takes_every_pixel(*choice, map, numbers.dims);
    if (is_all)
      remove_node(graph, i, value);
    else if (!fold_into_readers(graph, i, value, *choice))
      become_convolution(graph, graph.nodes[i], value, *choice);
  }
  return ok();
}

}  // namespace sluice::passes
