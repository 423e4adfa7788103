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
  const auto result = testing::normalised(w, finish(w, y, 4), 0.2);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(testing::ops_text(result.graph), "Conv relu6, " + kEnd);
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

TEST(Quantised, a_pair_of_two_scales_is_refused) {
  OnnxWriter w(13);
  const auto x = w.node("QuantizeLinear",
                        {w.input("x", {1, 3, 6, 6}), w.number(0.1f), w.tensor(codes({}, {0}, ir::ElementType::int8))});
  const auto y = w.node("DequantizeLinear", {x, w.number(0.2f), w.tensor(codes({}, {0}, ir::ElementType::int8))});
  EXPECT_NE(testing::normalised(w, finish(w, y, 3)).error.find("QuantizeLinear_0"), std::string::npos);
}

}  // namespace
}  // namespace sluice
