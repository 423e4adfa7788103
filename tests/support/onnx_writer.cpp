// SPDX-License-Identifier: Apache-2.0
// Fills protobuf messages (see onnx_writer.hpp).
// Before and after: as the header says.
#include "tests/support/onnx_writer.hpp"

#include <algorithm>
#include <random>

#include "onnx.pb.h"

namespace sluice::testing {
namespace {

constexpr int kOnnxUint4 = 21, kOnnxInt4 = 22;  // younger than the onnx.proto of Debian 12

// Two codes in a byte, the first in its lower half.
void fill_halves(onnx::TensorProto& proto, const std::vector<std::int64_t>& codes) {
  for (std::size_t i = 0; i < codes.size(); i += 2)
    proto.add_int32_data(
        static_cast<std::int32_t>((codes[i] & 15) | (i + 1 < codes.size() ? codes[i + 1] & 15 : 0) << 4));
}

void fill(onnx::TensorProto& proto, const ir::Tensor& tensor) {
  for (const std::int64_t dim : tensor.dims) proto.add_dims(dim);
  switch (tensor.type) {
    case ir::ElementType::real:
      proto.set_data_type(onnx::TensorProto::FLOAT);
      break;
    case ir::ElementType::int64:
      proto.set_data_type(onnx::TensorProto::INT64);
      break;
    case ir::ElementType::int32:
      proto.set_data_type(onnx::TensorProto::INT32);
      break;
    case ir::ElementType::int16:
      proto.set_data_type(onnx::TensorProto::INT16);
      break;
    case ir::ElementType::uint64:
      proto.set_data_type(onnx::TensorProto::UINT64);
      break;
    case ir::ElementType::uint32:
      proto.set_data_type(onnx::TensorProto::UINT32);
      break;
    case ir::ElementType::uint16:
      proto.set_data_type(onnx::TensorProto::UINT16);
      break;
    case ir::ElementType::int8:
      proto.set_data_type(onnx::TensorProto::INT8);
      break;
    case ir::ElementType::uint8:
      proto.set_data_type(onnx::TensorProto::UINT8);
      break;
    case ir::ElementType::uint4:
      proto.set_data_type(kOnnxUint4);
      break;
    case ir::ElementType::int4:
      proto.set_data_type(kOnnxInt4);
      break;
    case ir::ElementType::boolean:
      proto.set_data_type(onnx::TensorProto::BOOL);
      break;
    case ir::ElementType::text:
      proto.set_data_type(onnx::TensorProto::STRING);
      break;
  }
  for (const float value : tensor.values) proto.add_float_data(value);
  for (const std::string& value : tensor.texts) proto.add_string_data(value);
  if (tensor.type == ir::ElementType::int4 || tensor.type == ir::ElementType::uint4)
    return fill_halves(proto, tensor.integers);
  for (const std::int64_t value : tensor.integers) {
    if (tensor.type == ir::ElementType::int64)
      proto.add_int64_data(value);
    else if (tensor.type == ir::ElementType::uint32 || tensor.type == ir::ElementType::uint64)
      proto.add_uint64_data(static_cast<std::uint64_t>(value));
    else
      proto.add_int32_data(static_cast<std::int32_t>(value));
  }
}

struct AttributeWriter {
  onnx::AttributeProto& proto;

  void operator()(std::int64_t number) const { proto.set_type(onnx::AttributeProto::INT), proto.set_i(number); }
  void operator()(float number) const { proto.set_type(onnx::AttributeProto::FLOAT), proto.set_f(number); }
  void operator()(const std::string& text) const { proto.set_type(onnx::AttributeProto::STRING), proto.set_s(text); }
  void operator()(const std::vector<std::int64_t>& list) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t number : list) proto.add_ints(number);
  }
  void operator()(const ir::Tensor& tensor) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    fill(*proto.mutable_t(), tensor);
  }
};

void state_shape(onnx::ValueInfoProto& info, const std::string& name, const ir::Dims& dims) {
  info.set_name(name);
  auto* type = info.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : dims) {
    auto* entry = type->mutable_shape()->add_dim();
    if (dim >= 0)
      entry->set_dim_value(dim);
    else
      entry->set_dim_param("open");
  }
}

}  // namespace

OnnxWriter::OnnxWriter(int opset, unsigned seed) : model_(std::make_unique<onnx::ModelProto>()), seed_(seed) {
  model_->set_ir_version(7);
  model_->add_opset_import()->set_version(opset);
  model_->mutable_graph()->set_name("written by a test");
}

OnnxWriter::~OnnxWriter() = default;

std::string OnnxWriter::input(const std::string& name, const ir::Dims& dims) {
  state_shape(*model_->mutable_graph()->add_input(), name, dims);
  return name;
}

std::string OnnxWriter::tensor(const ir::Tensor& tensor) {
  auto* proto = model_->mutable_graph()->add_initializer();
  proto->set_name(name("c"));
  fill(*proto, tensor);
  return proto->name();
}

std::string OnnxWriter::random(const ir::Dims& dims, float low, float high) {
  std::mt19937 engine(seed_++);
  ir::Tensor numbers = ir::Tensor::zeros(dims);
  for (float& value : numbers.values) value = low + (high - low) * static_cast<float>(engine()) / 4294967296.0f;
  return tensor(numbers);
}

std::string OnnxWriter::number(float value, const ir::Dims& dims) {
  return tensor(
      ir::Tensor::of_values(dims, std::vector<float>(static_cast<std::size_t>(ir::element_count(dims)), value)));
}

std::string OnnxWriter::values(const ir::Dims& dims, std::vector<float> numbers) {
  return tensor(ir::Tensor::of_values(dims, std::move(numbers)));
}

std::string OnnxWriter::integers(std::vector<std::int64_t> numbers) {
  return tensor(ir::Tensor::of_integers(std::move(numbers)));
}

std::string OnnxWriter::node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::vector<Attribute>& attributes) {
  auto* proto = model_->mutable_graph()->add_node();
  const std::string own = op + "_" + std::to_string(model_->graph().node_size() - 1);
  proto->set_op_type(op);
  proto->set_name(own);
  for (const std::string& value : inputs) proto->add_input(value);
  for (const Attribute& attribute : attributes) {
    auto* entry = proto->add_attribute();
    entry->set_name(attribute.name);
    std::visit(AttributeWriter{*entry}, attribute.value);
  }
  std::string output = own;
  std::transform(output.begin(), output.end(), output.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  proto->add_output(output);
  return output;
}

std::string OnnxWriter::further_output() {
  auto& node = *model_->mutable_graph()->mutable_node(model_->graph().node_size() - 1);
  node.add_output(node.output(0) + "_" + std::to_string(node.output_size()));
  return node.output(node.output_size() - 1);
}

std::string OnnxWriter::node_of(const std::string& domain, const std::string& op,
                                const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes) {
  const std::string value = node(op, inputs, attributes);
  model_->mutable_graph()->mutable_node()->rbegin()->set_domain(domain);
  return value;
}

std::string OnnxWriter::bytes(const std::string& output) const {
  onnx::ModelProto copy = *model_;
  copy.mutable_graph()->add_output()->set_name(output);
  return copy.SerializeAsString();
}

}  // namespace sluice::testing
