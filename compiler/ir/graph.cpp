// SPDX-License-Identifier: Apache-2.0
// Graph's own questions: who makes a value, who reads it, and whether the whole is sound.
//
// Why: every pass edits the graph in place; `verify()` after each of them turns a slip into a message at the pass
// that made it, not three stages later. The idea is LLVM's verifier: cheap enough to run always.
//
// Before: a graph in any state. After verify() succeeded: names are unique, nodes stand in topological order, every
// value that is read is defined.
#include "compiler/ir/graph.hpp"

#include <algorithm>
#include <set>

#include "runtime/base/errors.hpp"

namespace sluice::ir {

std::int64_t element_count(const Dims& dims) {
  std::int64_t count = 1;
  for (std::int64_t dim : dims) {
    if (dim < 0 || __builtin_mul_overflow(count, dim, &count)) return std::numeric_limits<std::int64_t>::max();
  }
  return count;
}

std::string to_text(const Dims& dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (std::int64_t dim : dims) text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text;
}

Tensor Tensor::zeros(Dims dims) {
  Tensor tensor;
  tensor.values.resize(element_count(dims));
  tensor.dims = std::move(dims);
  return tensor;
}

Tensor Tensor::of_values(Dims dims, std::vector<float> values) {
  Tensor tensor;
  tensor.dims = std::move(dims);
  tensor.values = std::move(values);
  return tensor;
}

Tensor Tensor::of_integers(std::vector<std::int64_t> integers) {
  Tensor tensor;
  tensor.dims = {static_cast<std::int64_t>(integers.size())};
  tensor.integers = std::move(integers);
  tensor.type = ElementType::int64;
  return tensor;
}

Range Range::hull(const Range& other) const { return {std::min(low, other.low), std::max(high, other.high)}; }

Range Range::clamped(const Range& bounds) const {
  const auto clamp = [&](double number) { return std::min(bounds.high, std::max(bounds.low, number)); };
  return {clamp(low), clamp(high)};
}

namespace {

template <typename T>
T attribute(const Node& node, const std::string& key, T otherwise) {
  auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return otherwise;
  const T* held = std::get_if<T>(&found->second);
  return held ? *held : otherwise;
}

}  // namespace

std::int64_t Node::integer(const std::string& key, std::int64_t otherwise) const {
  return attribute<std::int64_t>(*this, key, otherwise);
}

float Node::real(const std::string& key, float otherwise) const { return attribute<float>(*this, key, otherwise); }

std::string Node::text(const std::string& key, const std::string& otherwise) const {
  return attribute<std::string>(*this, key, otherwise);
}

std::vector<std::int64_t> Node::integers(const std::string& key, std::vector<std::int64_t> otherwise) const {
  return attribute<std::vector<std::int64_t>>(*this, key, std::move(otherwise));
}

bool Node::is_padded() const {
  const auto pads = integers("pads", {});
  return attributes.count("auto_pad") != 0 ||
         std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; });
}

std::string Node::label() const { return fmt::format("{} node \"{}\"", op, name); }

const Node* Graph::producer(const std::string& value) const {
  for (const Node& node : nodes) {
    for (const std::string& output : node.outputs) {
      if (output == value && !value.empty()) return &node;
    }
  }
  return nullptr;
}

std::vector<const Node*> Graph::consumers(const std::string& value) const {
  std::vector<const Node*> found;
  for (const Node& node : nodes) {
    for (const std::string& input : node.inputs) {
      if (input != value) continue;
      found.push_back(&node);
      break;
    }
  }
  return found;
}

Status Graph::verify() const {
  std::set<std::string> defined;
  std::set<std::string> node_names;
  for (const auto& [name, tensor] : initialisers) {
    const std::int64_t expected = element_count(tensor.dims);
    const std::int64_t held =
        static_cast<std::int64_t>(tensor.values.size() + tensor.integers.size() + tensor.texts.size());
    if (held != expected) {
      return bug_error(fmt::format("constant \"{}\" of {} holds {} numbers", name, to_text(tensor.dims), held));
    }
    defined.insert(name);
  }
  if (!defined.insert(input).second) return bug_error(fmt::format("the input \"{}\" is also a constant", input));
  for (const Node& node : nodes) {
    if (!node_names.insert(node.name).second) return bug_error(fmt::format("two nodes are called \"{}\"", node.name));
    if (node.outputs.empty()) return bug_error(node.label() + " has no output");
    for (const std::string& value : node.inputs) {
      if (!value.empty() && !defined.count(value)) {
        return bug_error(fmt::format("{} reads \"{}\", which nothing before it defines", node.label(), value));
      }
    }
    for (const std::string& value : node.outputs) {
      if (!value.empty() && !defined.insert(value).second) {
        return bug_error(fmt::format("{} defines \"{}\" a second time", node.label(), value));
      }
    }
  }
  if (!defined.count(output)) return bug_error(fmt::format("nothing defines the output \"{}\"", output));
  return ok();
}

}  // namespace sluice::ir
