// SPDX-License-Identifier: Apache-2.0
#include "tests/perf/opencv_model.hpp"

#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include <onnx.pb.h>

namespace sluice::perf {
namespace {

float scalar_of(const onnx::TensorProto& tensor) {
  float value = 0;
  if (tensor.raw_data().size() >= sizeof value) std::memcpy(&value, tensor.raw_data().data(), sizeof value);
  else if (tensor.float_data_size() > 0) value = tensor.float_data(0);
  return value;
}

}  // namespace

cv::dnn::Net read_opencv_model(const std::filesystem::path& file) {
  onnx::ModelProto model;
  std::ifstream stream(file, std::ios::binary);
  model.ParseFromIstream(&stream);
  std::map<std::string, float> scalars;
  for (const auto& tensor : model.graph().initializer()) scalars[tensor.name()] = scalar_of(tensor);
  for (const auto& node : model.graph().node()) {
    if (node.op_type() == "Constant") scalars[node.output(0)] = scalar_of(node.attribute(0).t());
  }
  for (auto& node : *model.mutable_graph()->mutable_node()) {
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
  const std::string bytes = model.SerializeAsString();
  return cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
}

}  // namespace sluice::perf
