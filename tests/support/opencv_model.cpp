// SPDX-License-Identifier: Apache-2.0
// The rewrites, one function each (see opencv_model.hpp).
#include "tests/support/opencv_model.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include <onnx.pb.h>

namespace sluice::testing {
namespace {

float scalar_of(const onnx::TensorProto& tensor) {
  float value = 0;
  if (tensor.raw_data().size() >= sizeof value)
    std::memcpy(&value, tensor.raw_data().data(), sizeof value);
  else if (tensor.float_data_size() > 0)
    value = tensor.float_data(0);
  return value;
}

// Bounds of Clip as attributes.
void move_clip_bounds(onnx::GraphProto& graph) {
  std::map<std::string, float> scalars;
  for (const auto& tensor : graph.initializer()) scalars[tensor.name()] = scalar_of(tensor);
  for (const auto& node : graph.node()) {
    if (node.op_type() == "Constant") scalars[node.output(0)] = scalar_of(node.attribute(0).t());
  }
  for (auto& node : *graph.mutable_node()) {
    if (node.op_type() != "Clip" || node.input_size() != 3) continue;
    const char* names[] = {"", "min", "max"};
    for (int i = 1; i <= 2; ++i) {
      auto* attribute = node.add_attribute();
      attribute->set_name(names[i]);
      attribute->set_type(onnx::AttributeProto::FLOAT);
      attribute->set_f(scalars.at(node.input(i)));
    }
    while (node.input_size() > 1) node.mutable_input()->RemoveLast();
  }
}

// binary16 by its definition, and not by Sluice's own reader, which is under test here.
float half_value(unsigned bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float magnitude = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                        : std::ldexp(1.0f + static_cast<float>(fraction) / 1024, exponent - 15);
  return bits >> 15 ? -magnitude : magnitude;
}

// Half-precision constants and declarations as float.
void widen_halves(onnx::GraphProto& graph) {
  for (auto& tensor : *graph.mutable_initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT16) continue;
    const std::string raw = tensor.raw_data();
    for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {
      tensor.add_float_data(
          half_value(static_cast<unsigned char>(raw[i]) | static_cast<unsigned char>(raw[i + 1]) << 8));
    }
    for (const int bits : tensor.int32_data()) tensor.add_float_data(half_value(static_cast<unsigned>(bits)));
    tensor.clear_raw_data();
    tensor.clear_int32_data();
    tensor.set_data_type(onnx::TensorProto::FLOAT);
  }
  for (auto* list : {graph.mutable_input(), graph.mutable_output(), graph.mutable_value_info()}) {
    for (auto& value : *list) {
      auto* type = value.mutable_type()->mutable_tensor_type();
      if (type->elem_type() == onnx::TensorProto::FLOAT16) type->set_elem_type(onnx::TensorProto::FLOAT);
    }
  }
}

// An optional input that is left out by an empty name, last in its list.
void drop_empty_inputs(onnx::GraphProto& graph) {
  for (auto& node : *graph.mutable_node()) {
    while (node.input_size() > 0 && node.input(node.input_size() - 1).empty()) node.mutable_input()->RemoveLast();
  }
}

// The picture's size in place of an open one. In old files weights are inputs too, and the picture is the one that is
// not.
void fix_input(onnx::GraphProto& graph, const std::vector<std::int64_t>& dims) {
  std::map<std::string, bool> is_weight;
  for (const auto& tensor : graph.initializer()) is_weight[tensor.name()] = true;
  for (auto& input : *graph.mutable_input()) {
    if (is_weight[input.name()]) continue;
    auto* shape = input.mutable_type()->mutable_tensor_type()->mutable_shape();
    shape->clear_dim();
    for (const std::int64_t dim : dims) shape->add_dim()->set_dim_value(dim);
  }
}

}  // namespace

cv::dnn::Net read_opencv_model(const std::filesystem::path& file, const std::vector<std::int64_t>& input_dims) {
  onnx::ModelProto model;
  std::ifstream stream(file, std::ios::binary);
  model.ParseFromIstream(&stream);
  move_clip_bounds(*model.mutable_graph());
  widen_halves(*model.mutable_graph());
  drop_empty_inputs(*model.mutable_graph());
  if (!input_dims.empty()) fix_input(*model.mutable_graph(), input_dims);
  const std::string bytes = model.SerializeAsString();
  return cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
}

}  // namespace sluice::testing
