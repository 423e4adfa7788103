// SPDX-License-Identifier: Apache-2.0
// Field by field (see graph_bytes.hpp).
#include "compiler/ir/graph_bytes.hpp"

#include "runtime/base/bytes.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ir {
namespace {

constexpr std::string_view kTag = "sluice graph 2";
constexpr std::size_t kLeastBytes = sizeof(std::uint64_t);  // of a name, a node, a tensor: each starts with a length

void put(ByteWriter& to, const Tensor& tensor) {
  to.put(tensor.dims);
  to.put(tensor.values);
  to.put(tensor.integers);
  to.put(tensor.texts);
  to.put(static_cast<std::uint8_t>(tensor.type));
}

void put(ByteWriter& to, const Attribute& attribute) {
  to.put(static_cast<std::uint8_t>(attribute.index()));
  std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Tensor>)
          put(to, value);
        else if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
          to.put(std::string_view(value));
        else
          to.put(value);
      },
      attribute);
}

void put(ByteWriter& to, const std::optional<float>& bound) {
  to.put(static_cast<std::uint8_t>(bound.has_value()));
  to.put(bound.value_or(0));
}

void put(ByteWriter& to, const Node& node) {
  to.put(std::string_view(node.name));
  to.put(std::string_view(node.op));
  to.put(node.inputs);
  to.put(node.outputs);
  to.put(std::uint64_t{node.attributes.size()});
  for (const auto& [name, attribute] : node.attributes) {
    to.put(std::string_view(name));
    put(to, attribute);
  }
  const Activation& activation = node.activation;
  put(to, activation.low);
  put(to, activation.high);
  to.put(static_cast<std::uint8_t>(activation.curve));
  to.put(activation.alpha);
  to.put(activation.beta);
}

void put(ByteWriter& to, const std::vector<Node>& nodes) {
  to.put(std::uint64_t{nodes.size()});
  for (const Node& node : nodes) put(to, node);
}

// Reads what put() wrote. What does not make sense is remembered in `problem`.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : from_(bytes) {}

  Result<Graph> graph() {
    if (from_.text() != kTag) return user_error("not a graph of this version of sluice");
    Graph graph;
    graph.name = from_.text();
    graph.opset = from_.number<std::int32_t>();
    graph.input = from_.text();
    graph.input_range.low = from_.number<double>();
    graph.input_range.high = from_.number<double>();
    graph.output = from_.text();
    graph.nodes = nodes();
    for (std::size_t count = from_.length(kLeastBytes); count-- > 0;) {
      const std::string name = from_.text();
      graph.initialisers[name] = tensor();
    }
    for (std::size_t count = from_.length(kLeastBytes); count-- > 0;) {
      const std::string name = from_.text();
      graph.shapes[name] = from_.list<std::int64_t>();
    }
    graph.host_tail = nodes();
    for (std::size_t count = from_.length(kLeastBytes); count-- > 0;) {
      const std::string name = from_.text();
      graph.folded[name] = from_.text();
    }
    if (!from_.is_complete()) return user_error("the graph is not whole");
    if (!problem_.empty()) return user_error("{}", problem_);
    SLUICE_CHECK(graph.verify());
    return graph;
  }

 private:
  // A number that names one of `count` things.
  template <typename Enum>
  Enum one_of(int count, const char* what) {
    const int value = from_.number<std::uint8_t>();
    if (value >= count && problem_.empty()) problem_ = fmt::format("the graph has a {} of number {}", what, value);
    return static_cast<Enum>(value < count ? value : 0);
  }

  Tensor tensor() {
    Tensor tensor;
    tensor.dims = from_.list<std::int64_t>();
    tensor.values = from_.list<float>();
    tensor.integers = from_.list<std::int64_t>();
    tensor.texts = from_.texts();
    tensor.type = one_of<ElementType>(static_cast<int>(ElementType::text) + 1, "tensor");
    if (element_count(tensor.dims) != tensor.size() && problem_.empty()) {
      problem_ = fmt::format("the graph has a tensor {} with {} elements", to_text(tensor.dims), tensor.size());
    }
    return tensor;
  }

  Attribute attribute() {
    switch (one_of<int>(static_cast<int>(std::variant_size_v<Attribute>), "attribute")) {
      case 0:
        return from_.number<std::int64_t>();
      case 1:
        return from_.number<float>();
      case 2:
        return from_.text();
      case 3:
        return from_.list<std::int64_t>();
      case 4:
        return from_.list<float>();
      default:
        return tensor();
    }
  }

  std::optional<float> bound() {
    const bool is_there = from_.number<std::uint8_t>() != 0;
    const float value = from_.number<float>();
    return is_there ? std::optional(value) : std::nullopt;
  }

  Node node() {
    Node node;
    node.name = from_.text();
    node.op = from_.text();
    node.inputs = from_.texts();
    node.outputs = from_.texts();
    for (std::size_t count = from_.length(kLeastBytes); count-- > 0;) {
      const std::string name = from_.text();
      node.attributes[name] = attribute();
    }
    node.activation.low = bound();
    node.activation.high = bound();
    node.activation.curve = one_of<Curve>(static_cast<int>(kLastCurve) + 1, "curve");
    node.activation.alpha = from_.number<float>();
    node.activation.beta = from_.number<float>();
    return node;
  }

  std::vector<Node> nodes() {
    std::vector<Node> all(from_.length(kLeastBytes));
    for (Node& one : all) one = node();
    return all;
  }

  ByteReader from_;
  std::string problem_;
};

}  // namespace

std::string graph_to_bytes(const Graph& graph) {
  ByteWriter to;
  to.put(kTag);
  to.put(std::string_view(graph.name));
  to.put(static_cast<std::int32_t>(graph.opset));
  to.put(std::string_view(graph.input));
  to.put(graph.input_range.low);
  to.put(graph.input_range.high);
  to.put(std::string_view(graph.output));
  put(to, graph.nodes);
  to.put(std::uint64_t{graph.initialisers.size()});
  for (const auto& [name, tensor] : graph.initialisers) {
    to.put(std::string_view(name));
    put(to, tensor);
  }
  to.put(std::uint64_t{graph.shapes.size()});
  for (const auto& [name, dims] : graph.shapes) {
    to.put(std::string_view(name));
    to.put(dims);
  }
  put(to, graph.host_tail);
  to.put(std::uint64_t{graph.folded.size()});
  for (const auto& [name, into] : graph.folded) {
    to.put(std::string_view(name));
    to.put(std::string_view(into));
  }
  return to.take();
}

Result<Graph> graph_from_bytes(std::string_view bytes) { return Reader(bytes).graph(); }

}  // namespace sluice::ir
