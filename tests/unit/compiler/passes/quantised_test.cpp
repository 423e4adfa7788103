// SPDX-License-Identifier: Apache-2.0
// Models in QDQ form: rounding goes, saturation stays; scores agree up to the steps of the codes.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::OnnxWriter;

ir::Tensor codes(const ir::Dims& dims, std::vector<std::int64_t> numbers, ir::ElementType type) {
  return {.dims = dims, .integers = std::move(numbers), .type = type};
}

// A pair with uint8 codes of `step`, zero at `zero`.
std::string pair(OnnxWriter& w, const std::string& x, float step, std::int64_t zero) {
  const auto scale = w.number(step), point = w.tensor(codes({}, {zero}, ir::ElementType::uint8));
  return w.node("DequantizeLinear", {w.node("QuantizeLinear", {x, scale, point}), scale, point});
}

std::string quantised_weights(OnnxWriter& w, const ir::Dims& dims) {
  const ir::Tensor real = testing::random_tensor(dims, 5, -127, 127);
  std::vector<std::int64_t> numbers(real.values.begin(), real.values.end());
  return w.node("DequantizeLinear",
                {w.tensor(codes(dims, numbers, ir::ElementType::int8)), w.random({dims[0]}, 0.001f, 0.01f),
                 w.tensor(codes({dims[0]}, std::vector<std::int64_t>(static_cast<std::size_t>(dims[0]), 0),
                                ir::ElementType::int8))},
                {{"axis", 0}});
}

TEST(Quantised, weights_and_pairs_vanish_and_the_implied_relu_stays) {
  OnnxWriter w(13);
  const auto x = pair(w, w.input("x", {1, 3, 6, 6}), 4.0f / 255, 128);
  const auto bias =
      w.node("DequantizeLinear", {w.tensor(codes({4}, {100, -50, 20, 7}, ir::ElementType::int32)), w.number(0.002f)});
  const auto y = pair(w, w.node("Conv", {x, quantised_weights(w, {4, 3, 3, 3}), bias}), 6.0f / 255, 0);
  const auto scores = finish(w, y, 4);
  auto result = testing::normalised(w, scores, 0.2, {}, {-1.99, 1.99});
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(testing::ops_text(result.graph), "Conv relu6, " + kEnd);
  // Where nothing is known of the pictures, their own saturation stays.
  result = testing::normalised(w, scores, 0.2);
  EXPECT_EQ(testing::ops_text(result.graph), "Conv clamp[-2.0078433,1.992157], Conv relu6, " + kEnd);
}

TEST(Quantised, pairs_around_pools_and_joins_vanish) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto clamped = pair(w, x, 0.05f, 100);
  const auto pooled = pair(w, w.node("MaxPool", {clamped}, {{"kernel_shape", {2, 2}}}), 0.05f, 100);
  const auto joined = pair(w, w.node("Concat", {pooled, pooled}, {{"axis", 1}}), 0.05f, 100);
  const auto result = testing::normalised(w, finish(w, joined, 8), 0.2);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(testing::ops_text(result.graph), "Conv clamp[-5,7.75], MaxPool, Concat, " + kEnd);
}

// The Relu lives in the saturation of the pair, whatever stands between it and the convolution.
class SaturationAfter : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(SaturationAfter, stays) {
  const auto& [op, wanted] = GetParam();
  const std::string name = op;
  OnnxWriter w(13);
  auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  if (name == "MaxPool" || name == "AveragePool") x = w.node(name, {x}, {{"kernel_shape", {2, 2}}});
  if (name == "Concat") x = w.node(name, {x, w.node("Conv", {"x", w.random({4, 3, 1, 1})})}, {{"axis", 1}});
  if (name == "Flatten") x = w.node(name, {x});
  if (name == "Transpose") x = w.node(name, {x}, {{"perm", {0, 2, 3, 1}}});
  x = pair(w, x, 0.005f, 0);
  if (name == "Transpose") x = w.node(name, {x}, {{"perm", {0, 3, 1, 2}}});
  const auto scores =
      name == "Flatten" ? w.node("Gemm", {x, w.random({144, 3}, 0, 0.02f)}) : finish(w, x, name == "Concat" ? 8 : 4);
  EXPECT_EQ(testing::normal_ops(w, scores, 0.01), wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Quantised, SaturationAfter,
    ::testing::Values(std::pair{"Conv", "Conv clamp[0,1.275], GlobalAveragePool, Conv"},
                      std::pair{"MaxPool", "Conv clamp[0,1.275], MaxPool, GlobalAveragePool, Conv"},
                      std::pair{"AveragePool", "Conv, AveragePool clamp[0,1.275], GlobalAveragePool, Conv"},
                      std::pair{"Concat", "Conv clamp[0,1.275], Conv clamp[0,1.275], Concat, GlobalAveragePool, Conv"},
                      std::pair{"Flatten", "Conv clamp[0,1.275], Conv"},
                      std::pair{"Transpose", "Conv clamp[0,1.275], GlobalAveragePool, Conv"}),
    [](const auto& info) { return std::string(info.param.first); });

TEST(Quantised, one_quantiser_with_two_readers_keeps_its_saturation) {
  OnnxWriter w(13);
  const auto scale = w.number(0.01f), zero = w.tensor(codes({}, {0}, ir::ElementType::uint8));
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto q = w.node("QuantizeLinear", {x, scale, zero});
  const auto left = w.node("Conv", {w.node("DequantizeLinear", {q, scale, zero}), w.random({4, 4, 1, 1})});
  const auto sum = w.node("Add", {left, w.node("DequantizeLinear", {q, scale, zero})});
  EXPECT_EQ(testing::normal_ops(w, finish(w, sum, 4), 0.05), "Conv clamp[0,2.55], Conv, Add, " + kEnd);
}

TEST(Quantised, two_quantisers_of_one_value_are_one_clamp) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto left = w.node("Conv", {pair(w, x, 0.01f, 0), w.random({4, 4, 1, 1})});
  const auto sum = w.node("Add", {left, pair(w, x, 0.01f, 0)});
  EXPECT_EQ(testing::normal_ops(w, finish(w, sum, 4), 0.05), "Conv clamp[0,2.55], Conv, Add, " + kEnd);
}

TEST(Quantised, two_quantisers_of_different_steps_are_two_clamps) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto left = w.node("Conv", {pair(w, x, 0.01f, 0), w.random({4, 4, 1, 1})});
  const auto sum = w.node("Add", {left, pair(w, x, 0.02f, 128)});
  EXPECT_EQ(testing::normal_ops(w, finish(w, sum, 4), 0.1),
            "Conv, Conv clamp[0,2.55], Conv, Conv clamp[-2.56,2.54], Add, " + kEnd);
}

TEST(Quantised, what_stands_between_a_pair_works_on_real_numbers) {
  OnnxWriter w(13);
  const auto scale = w.number(0.1f), zero = w.tensor(codes({}, {2}, ir::ElementType::int8));
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto q = w.node("QuantizeLinear", {x, scale, zero});
  const auto narrow = w.node(
      "Clip", {q, w.tensor(codes({}, {-8}, ir::ElementType::int8)), w.tensor(codes({}, {7}, ir::ElementType::int8))});
  const auto pool = w.node("MaxPool", {narrow}, {{"kernel_shape", {2, 2}}});
  const auto y = w.node("DequantizeLinear", {pool, scale, zero});
  EXPECT_EQ(testing::normal_ops(w, finish(w, y, 4), 0.1), "Conv clamp[-1,0.5], MaxPool, " + kEnd);
}

TEST(Quantised, codes_of_sixteen_bits_saturate_where_they_end) {
  OnnxWriter w(21);
  const auto scale = w.number(1.0f / 65536), zero = w.tensor(codes({}, {0}, ir::ElementType::uint16));
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto y = w.node("DequantizeLinear", {w.node("QuantizeLinear", {x, scale, zero}), scale, zero});
  EXPECT_EQ(testing::normal_ops(w, finish(w, y, 4)), "Conv clamp[0,0.99998474], " + kEnd);
}

TEST(Quantised, a_clamp_that_the_value_cannot_reach_costs_nothing) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  const auto clamped = pair(w, x, 0.01f, 0);
  const auto left = w.node("Conv", {clamped, w.random({4, 4, 1, 1})});
  const auto pool = pair(w, w.node("MaxPool", {clamped}, {{"kernel_shape", {1, 1}}}), 0.01f, 0);
  EXPECT_EQ(testing::normal_ops(w, finish(w, w.node("Add", {left, pool}), 4), 0.05),
            "Conv clamp[0,2.55], Conv, MaxPool, Add, " + kEnd);
}

TEST(Quantised, a_pair_of_two_scales_is_refused) {
  OnnxWriter w(13);
  const auto x = w.node("QuantizeLinear",
                        {w.input("x", {1, 3, 6, 6}), w.number(0.1f), w.tensor(codes({}, {0}, ir::ElementType::int8))});
  const auto y = w.node("DequantizeLinear", {x, w.number(0.2f), w.tensor(codes({}, {0}, ir::ElementType::int8))});
  EXPECT_NE(testing::normalised(w, finish(w, y, 3)).error.find("QuantizeLinear_0"), std::string::npos);
}

}  // namespace
}  // namespace sluice
