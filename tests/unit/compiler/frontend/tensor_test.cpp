// SPDX-License-Identifier: Apache-2.0
// Tensors in every way ONNX stores them: typed lists and raw bytes, all widths.
#include "compiler/frontend/tensor_reader.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "onnx.pb.h"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

onnx::TensorProto proto_of(onnx::TensorProto::DataType type, std::int64_t count) {
  onnx::TensorProto proto;
  proto.set_data_type(type);
  proto.add_dims(count);
  return proto;
}

template <typename T>
std::string raw(std::initializer_list<T> numbers) {
  return {reinterpret_cast<const char*>(numbers.begin()), numbers.size() * sizeof(T)};
}

TEST(Tensor, half_precision_is_widened_exactly) {
  // Bit patterns and values of IEEE 754 binary16: one, the largest, the smallest normal and subnormal, minus two,
  // infinity.
  onnx::TensorProto proto = proto_of(onnx::TensorProto::FLOAT16, 7);
  const std::initializer_list<std::uint16_t> bits{0x3c00, 0x7bff, 0x0400, 0x0001, 0xc000, 0x7c00, 0x8000};
  const std::vector<float> values{1.0f, 65504.0f, 6.103515625e-05f, 5.9604644775390625e-08f, -2.0f, INFINITY, -0.0f};
  proto.set_raw_data(raw(bits));
  ASSERT_RESULT(from_raw, frontend::read_tensor(proto));
  EXPECT_EQ(from_raw.values, values);
  EXPECT_TRUE(std::signbit(from_raw.values[6]));
  proto.clear_raw_data();
  for (const std::uint16_t half : bits) proto.add_int32_data(half);
  ASSERT_RESULT(from_list, frontend::read_tensor(proto));
  EXPECT_EQ(from_list.values, values);
}

TEST(Tensor, bfloat16_is_the_upper_half_of_a_float) {
  onnx::TensorProto proto = proto_of(onnx::TensorProto::BFLOAT16, 4);
  const std::initializer_list<std::uint16_t> bits{0x3f80, 0xc040, 0x7f80, 0x0001};
  const std::vector<float> values{1.0f, -3.0f, INFINITY, 9.183549615799121e-41f};
  proto.set_raw_data(raw(bits));
  ASSERT_RESULT(from_raw, frontend::read_tensor(proto));
  EXPECT_EQ(from_raw.values, values);
  proto.clear_raw_data();
  for (const std::uint16_t half : bits) proto.add_int32_data(half);
  ASSERT_RESULT(from_list, frontend::read_tensor(proto));
  EXPECT_EQ(from_list.values, values);
}

TEST(Tensor, text_is_a_list_of_its_own) {
  onnx::TensorProto proto = proto_of(onnx::TensorProto::STRING, 2);
  proto.add_string_data("cat");
  EXPECT_FALSE(static_cast<bool>(frontend::read_tensor(proto)));
  proto.add_string_data("");
  ASSERT_RESULT(tensor, frontend::read_tensor(proto));
  EXPECT_EQ(tensor.texts, (std::vector<std::string>{"cat", ""}));
  proto.clear_string_data();
  proto.set_raw_data("cats");
  EXPECT_FALSE(static_cast<bool>(frontend::read_tensor(proto)));
}

TEST(Tensor, integers_keep_sign_and_width) {
  for (const auto& [type, bytes, values] :
       {std::tuple{onnx::TensorProto::INT8, raw<std::int8_t>({-128, 127}), std::vector<std::int64_t>{-128, 127}},
        {onnx::TensorProto::UINT8, raw<std::uint8_t>({0, 255}), {0, 255}},
        {onnx::TensorProto::INT32, raw<std::int32_t>({-7, 1 << 30}), {-7, 1 << 30}},
        {onnx::TensorProto::INT64, raw<std::int64_t>({-7, std::int64_t{1} << 40}), {-7, std::int64_t{1} << 40}}}) {
    onnx::TensorProto proto = proto_of(type, 2);
    proto.set_raw_data(bytes);
    ASSERT_RESULT(tensor, frontend::read_tensor(proto));
    EXPECT_EQ(tensor.integers, values);
  }
}

TEST(Tensor, lengths_that_do_not_fit_are_refused) {
  onnx::TensorProto shorter = proto_of(onnx::TensorProto::FLOAT, 3), longer = shorter, odd = shorter;
  shorter.add_float_data(1);
  shorter.add_float_data(1);
  for (int i = 0; i < 4; ++i) longer.add_float_data(1);
  odd.set_raw_data(std::string(13, 'x'));
  for (const auto& proto : {shorter, longer, odd}) EXPECT_FALSE(static_cast<bool>(frontend::read_tensor(proto)));
}

TEST(Tensor, numbers_in_another_file_are_refused_with_a_hint) {
  onnx::TensorProto proto = proto_of(onnx::TensorProto::FLOAT, 3);
  proto.set_data_location(onnx::TensorProto::EXTERNAL);
  auto tensor = frontend::read_tensor(proto);
  ASSERT_FALSE(static_cast<bool>(tensor));
  EXPECT_NE(tensor.error().text().find("save_as_external_data"), std::string::npos);
}

}  // namespace
}  // namespace sluice
