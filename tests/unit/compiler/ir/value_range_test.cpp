// SPDX-License-Identifier: Apache-2.0
// Ranges of values: each rule, what an unknown end stays, and bounds that cross.
#include "compiler/ir/value_range.hpp"

#include <gtest/gtest.h>

namespace sluice::ir {
namespace {

struct Maker {
  Graph graph;

  Maker() { graph.input = "x", graph.output = "x", graph.opset = 17; }
  std::string node(const std::string& op, std::vector<std::string> inputs,
                   std::map<std::string, Attribute> attributes = {}, Activation activation = {}) {
    const std::string name = "v" + std::to_string(graph.nodes.size());
    graph.nodes.push_back({name, op, std::move(inputs), {name}, std::move(attributes), activation});
    return name;
  }
  std::string number(float value) {
    const std::string name = "c" + std::to_string(graph.initialisers.size());
    graph.initialisers[name] = Tensor::of_values({}, {value});
    return name;
  }
  Range range(const std::string& value, const Range& input = {}) const { return value_ranges(graph, input).at(value); }
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ValueRange, follows_activations_joins_and_pools) {
  Maker m;
  const auto plain = m.node("Conv", {"x", "w"});
  const auto relu = m.node("Conv", {plain, "w"}, {}, {0.0f, std::nullopt});
  const auto swish = m.node("Conv", {relu, "w"}, {}, {std::nullopt, std::nullopt, Curve::hard_swish});
  const auto joined = m.node("Concat", {m.node("MaxPool", {m.node("Add", {relu, swish})}), relu});
  EXPECT_EQ(m.range(plain), Range{});
  EXPECT_EQ(m.range(relu), (Range{0, kInfinity}));
  EXPECT_NEAR(m.range(swish).low, -0.375, 1e-6);
  EXPECT_NEAR(m.range(joined).low, -0.375, 1e-6);
  EXPECT_EQ(m.range(joined).high, kInfinity);
}

// A value below a lower bound of 0 is at the upper one, where that is the lesser.
TEST(ValueRange, an_upper_bound_below_the_lower_wins) {
  Maker m;
  EXPECT_EQ(m.range(m.node("Clip", {"x"}, {{"min", 0.0f}, {"max", -1.0f}})), (Range{-1, -1}));
  EXPECT_EQ(m.range(m.node("Conv", {"x", "w"}, {}, {0.0f, -1.0f})), (Range{-1, -1}));
}

TEST(ValueRange, of_clips_with_one_bound_or_none) {
  Maker m;
  EXPECT_EQ(m.range(m.node("Clip", {"x", m.number(2)})), (Range{2, kInfinity}));
  EXPECT_EQ(m.range(m.node("Clip", {"x", "", m.number(2)})), (Range{-kInfinity, 2}));
  EXPECT_EQ(m.range(m.node("Clip", {"x", m.number(std::numeric_limits<float>::lowest())})), Range{});
  EXPECT_EQ(m.range(m.node("Clip", {"x", "computed"})), Range{});
  EXPECT_EQ(clip_range(m.graph, m.graph.nodes.back()), std::nullopt);
}

TEST(ValueRange, padding_that_may_count_is_zero) {
  Maker m;
  const Range pictures{1, 2};
  EXPECT_EQ(m.range(m.node("AveragePool", {"x"}), pictures), pictures);
  EXPECT_EQ(m.range(m.node("AveragePool", {"x"}, {{"pads", std::vector<std::int64_t>{0, 1, 0, 0}}}), pictures),
            (Range{0, 2}));
  EXPECT_EQ(m.range(m.node("Pad", {"x"}), pictures), Range{});
}

TEST(ValueRange, products_and_codes) {
  Maker m;
  EXPECT_EQ(m.range(m.node("Mul", {"x", m.number(-2)}), {1, 3}), (Range{-6, -2}));
  EXPECT_EQ(m.range(m.node("Mul", {m.node("Relu", {"x"}), m.number(0)})), (Range{0, 0}));
  EXPECT_EQ(m.range(m.node("Sub", {"x", m.number(1)}), {0, 1}), (Range{-1, 0}));
  const auto codes = m.node("QuantizeLinear", {"x", m.number(0.5f)});
  EXPECT_EQ(m.range(codes), (Range{0, 255}));
  EXPECT_EQ(m.range(m.node("DequantizeLinear", {codes, m.number(0.5f)})), (Range{0, 127.5}));
}

}  // namespace
}  // namespace sluice::ir
