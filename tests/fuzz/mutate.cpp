// SPDX-License-Identifier: Apache-2.0
// See mutate.hpp. Each mutation is small; break_messages applies one to three of them.
#include "tests/fuzz/mutate.hpp"

#include <array>
#include <limits>

#include "compiler/ops/op.hpp"
#include "onnx.pb.h"

namespace sluice::testing {
namespace {

using Engine = std::mt19937;

int below(Engine& engine, int bound) {
  return bound <= 0 ? 0 : static_cast<int>(engine() % static_cast<unsigned>(bound));
}

std::int64_t odd_number(Engine& engine) {
  constexpr std::array<std::int64_t, 18> kNumbers{0,
                                                  1,
                                                  -1,
                                                  2,
                                                  3,
                                                  4,
                                                  7,
                                                  16,
                                                  -2,
                                                  255,
                                                  1 << 20,
                                                  (1 << 28) + 1,
                                                  1LL << 31,
                                                  -(1LL << 31),
                                                  1LL << 40,
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  -100};
  return kNumbers[static_cast<std::size_t>(below(engine, kNumbers.size()))];
}

float odd_float(Engine& engine) {
  const std::array<float, 9> numbers{0.0f,
                                     -0.0f,
                                     1.0f,
                                     -1.0f,
                                     6.0f,
                                     1e30f,
                                     std::numeric_limits<float>::infinity(),
                                     std::numeric_limits<float>::quiet_NaN(),
                                     1e-40f};
  return numbers[static_cast<std::size_t>(below(engine, numbers.size()))];
}

std::string any_value(const onnx::GraphProto& graph, Engine& engine) {
  switch (below(engine, 4)) {
    case 0:
      return graph.initializer_size() ? graph.initializer(below(engine, graph.initializer_size())).name() : "";
    case 1:
      return graph.input_size() ? graph.input(below(engine, graph.input_size())).name() : "nothing";
    case 2:
      return below(engine, 2) ? "" : "nothing makes this";
    default:
      break;
  }
  if (graph.node_size() == 0) return "";
  const auto& node = graph.node(below(engine, graph.node_size()));
  return node.output_size() ? node.output(0) : "";
}

void break_attribute(onnx::NodeProto& node, Engine& engine) {
  if (node.attribute_size() == 0 || below(engine, 6) == 0) {
    auto* attribute = node.add_attribute();
    constexpr std::array<const char*, 12> kNames{"pads", "strides", "kernel_shape", "dilations", "group", "axis",
                                                 "axes", "perm",    "auto_pad",     "ceil_mode", "to",    "value"};
    attribute->set_name(kNames[static_cast<std::size_t>(below(engine, kNames.size()))]);
    attribute->set_type(onnx::AttributeProto::INTS);
    for (int i = below(engine, 5); i > 0; --i) attribute->add_ints(odd_number(engine));
    return;
  }
  auto* attribute = node.mutable_attribute(below(engine, node.attribute_size()));
  switch (below(engine, 5)) {
    case 0:
      attribute->set_i(odd_number(engine));
      break;
    case 1:
      attribute->set_f(odd_float(engine));
      break;
    case 2:
      if (attribute->ints_size())
        attribute->set_ints(below(engine, attribute->ints_size()), odd_number(engine));
      else
        attribute->add_ints(odd_number(engine));
      break;
    case 3:
      attribute->set_type(static_cast<onnx::AttributeProto::AttributeType>(below(engine, 14)));
      break;
    default:
      node.mutable_attribute()->DeleteSubrange(below(engine, node.attribute_size()), 1);
      break;
  }
}

void break_tensor(onnx::TensorProto& tensor, Engine& engine) {
  switch (below(engine, 7)) {
    case 0:
      tensor.add_dims(odd_number(engine));
      break;
    case 1:
      if (tensor.dims_size()) tensor.set_dims(below(engine, tensor.dims_size()), odd_number(engine));
      break;
    case 2:
      tensor.set_data_type(below(engine, 20));
      break;
    case 3:
      tensor.clear_raw_data();
      break;
    case 4:
      tensor.mutable_dims()->Clear();
      break;
    case 5:
      if (tensor.dims_size() > 1) tensor.mutable_dims()->SwapElements(0, below(engine, tensor.dims_size()));
      break;
    default:
      if (tensor.int64_data_size())
        tensor.set_int64_data(below(engine, tensor.int64_data_size()), odd_number(engine));
      else if (tensor.float_data_size())
        tensor.set_float_data(below(engine, tensor.float_data_size()), odd_float(engine));
      else if (tensor.raw_data().size() > 8)
        tensor.mutable_raw_data()->resize(tensor.raw_data().size() - 1 - engine() % 8);
  }
}

void break_node(onnx::GraphProto& graph, Engine& engine) {
  auto* node = graph.mutable_node(below(engine, graph.node_size()));
  const auto& operators = ops::all_operators();
  switch (below(engine, 7)) {
    case 0:
      node->set_op_type(operators[static_cast<std::size_t>(below(engine, static_cast<int>(operators.size())))]->name);
      break;
    case 1:
      if (node->input_size()) node->set_input(below(engine, node->input_size()), any_value(graph, engine));
      break;
    case 2:
      node->add_input(any_value(graph, engine));
      break;
    case 3:
      if (node->input_size()) node->mutable_input()->RemoveLast();
      break;
    case 4:
      if (below(engine, 3) == 0)
        node->clear_output();
      else
        node->add_output(any_value(graph, engine));
      break;
    default:
      break_attribute(*node, engine);
      break;
  }
}

// A node more, of a claimed operator, put between a value and one of its readers.
void insert_node(onnx::GraphProto& graph, Engine& engine) {
  const int reader = below(engine, graph.node_size());
  if (graph.node(reader).input_size() == 0) return;
  const auto& operators = ops::all_operators();
  auto* node = graph.add_node();
  node->set_op_type(operators[static_cast<std::size_t>(below(engine, static_cast<int>(operators.size())))]->name);
  node->add_input(graph.node(reader).input(0));
  if (below(engine, 2)) node->add_input(any_value(graph, engine));
  node->add_output("inserted" + std::to_string(graph.node_size()));
  if (below(engine, 2)) break_attribute(*node, engine);
  graph.mutable_node(reader)->set_input(0, node->output(0));
}

void break_model(onnx::ModelProto& model, Engine& engine) {
  onnx::GraphProto& graph = *model.mutable_graph();
  if (graph.node_size() == 0) return;
  switch (below(engine, 10)) {
    case 0:
      if (graph.initializer_size())
        break_tensor(*graph.mutable_initializer(below(engine, graph.initializer_size())), engine);
      break;
    case 1:
      if (graph.initializer_size())
        graph.mutable_initializer()->DeleteSubrange(below(engine, graph.initializer_size()), 1);
      break;
    case 2:
      graph.mutable_node()->DeleteSubrange(below(engine, graph.node_size()), 1);
      break;
    case 3:
      if (graph.input_size()) {
        auto* shape = graph.mutable_input(below(engine, graph.input_size()))
                          ->mutable_type()
                          ->mutable_tensor_type()
                          ->mutable_shape();
        if (shape->dim_size()) shape->mutable_dim(below(engine, shape->dim_size()))->set_dim_value(odd_number(engine));
      }
      break;
    case 4:
      model.mutable_opset_import(0)->set_version(7 + below(engine, 14));
      break;
    case 5:
    case 6:
      insert_node(graph, engine);
      break;
    default:
      break_node(graph, engine);
      break;
  }
}

}  // namespace

std::string break_bytes(std::string bytes, Engine& engine) {
  if (bytes.empty()) return bytes;
  const int size = static_cast<int>(bytes.size());
  switch (below(engine, 4)) {
    case 0:
      bytes.resize(static_cast<std::size_t>(below(engine, size)));
      break;
    case 1:
      for (int i = 1 + below(engine, 8); i > 0; --i)
        bytes[static_cast<std::size_t>(below(engine, size))] ^= static_cast<char>(1 << below(engine, 8));
      break;
    case 2:
      for (int i = 1 + below(engine, 4); i > 0; --i)
        bytes[static_cast<std::size_t>(below(engine, size))] = static_cast<char>(engine());
      break;
    default: {
      const int from = below(engine, size), count = below(engine, std::min(64, size - from));
      if (below(engine, 2))
        bytes.erase(static_cast<std::size_t>(from), static_cast<std::size_t>(count));
      else
        bytes.insert(static_cast<std::size_t>(below(engine, size)),
                     bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count)));
    }
  }
  return bytes;
}

std::string break_messages(const std::string& bytes, Engine& engine) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes) || model.opset_import_size() == 0) return bytes;
  for (int i = 1 + below(engine, 2) * below(engine, 3); i > 0; --i) break_model(model, engine);
  return model.SerializeAsString();
}

}  // namespace sluice::testing
