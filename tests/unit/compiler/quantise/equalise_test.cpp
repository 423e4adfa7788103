// SPDX-License-Identifier: Apache-2.0
// Equalised channels: the network computes what it did, ranges are nearer to each other, and what cannot take a gain
// has none.
#include "compiler/quantise/equalise.hpp"

#include "compiler/quantise/output_range.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

// A depthwise block whose channels differ a hundredfold, a join that must stay as it is, and a curve.
ir::Graph uneven_network(unsigned seed) {
  GraphMaker make(seed, {1, 3, 10, 10});
  const std::string stem = make.conv("x", 8, 3);
  make.clamp(0.0f, 6.0f);
  const std::string deep = make.depthwise(stem, 3);
  make.clamp(0.0f, std::nullopt);
  const std::string left = make.conv(deep, 8, 1), right = make.conv(deep, 8, 3);
  const std::string curved = make.conv(make.node("Add", {left, right}), 8, 1);
  make.curve(ir::Curve::hard_swish);
  make.conv(curved, 8, 1);
  ir::Graph graph = make.finish(4);
  std::mt19937 engine(seed);
  for (const char* number : {"0", "1"}) {
    ir::Tensor& weights = graph.initialisers.at(std::string("w") + number);
    ir::Tensor& bias = graph.initialisers.at(std::string("b") + number);
    const std::int64_t per_filter = weights.size() / 8;
    for (std::int64_t f = 0; f < 8; ++f) {
      const float factor = std::pow(10.0f, -std::uniform_real_distribution<float>(0, 2)(engine));
      for (std::int64_t i = 0; i < per_filter; ++i) weights.values[std::size_t(f * per_filter + i)] *= factor;
      bias.values[std::size_t(f)] *= factor;
    }
  }
  return graph;
}

double spread(const ValueStatistics& statistics) {
  double least = 1e30, most = 0;
  for (const double range : statistics.channel_largest()) {
    if (range > 0) least = std::min(least, range);
    most = std::max(most, range);
  }
  return most / least;
}

// Batch normalisation that decayed leaves channels of 1e-41: a gain of 1e41 would be infinite.
TEST(Equalise, leaves_a_channel_alone_that_reaches_next_to_nothing) {
  ir::Graph graph = uneven_network(3);
  for (const char* name : {"w0", "b0"}) {
    ir::Tensor& tensor = graph.initialisers.at(name);
    const std::int64_t per_filter = tensor.size() / 8;
    for (std::int64_t i = 0; i < per_filter; ++i) tensor.values[std::size_t(i)] = 1e-41f;
  }
  ir::Graph even = graph;
  equalise(even, statistics_of(graph, 2));
  for (const auto& [name, tensor] : even.initialisers) {
    for (const float value : tensor.values) ASSERT_TRUE(std::isfinite(value)) << name;
  }
}

class EqualiseSeeds : public ::testing::TestWithParam<unsigned> {};

TEST_P(EqualiseSeeds, keeps_the_scores_and_evens_the_ranges) {
  const ir::Graph graph = uneven_network(GetParam());
  const Statistics before = statistics_of(graph, 6);
  ir::Graph even = graph;
  const ChannelGains gains = equalise(even, before);
  const Statistics after = statistics_of(even, 6);
  const auto plain = ops::FloatProgram::prepare(graph).value(), equalised = ops::FloatProgram::prepare(even).value();
  for (unsigned picture = 0; picture < 6; ++picture) {  // the calibration pictures of statistics_of
    const ir::Tensor input = random_tensor(plain.input_dims(), 1000u + picture, -2.0f, 1.98f);
    EXPECT_TRUE(near(equalised.run(input).value(), plain.run(input).value(), 1e-4)) << "seed " << GetParam();
  }
  // The depthwise layer's input fills the range in every channel; its output is nearer to that than before.
  const std::string stem = graph.nodes[0].outputs[0], deep = graph.nodes[1].outputs[0];
  EXPECT_NEAR(spread(after.at(stem)), 1.0, 1e-3);
  EXPECT_LT(spread(after.at(deep)), spread(before.at(deep)));
  // Neither what a join reads, nor what stands before a curve, nor the scores.
  for (std::size_t n = 2; n < graph.nodes.size(); ++n) {
    const bool is_free = graph.nodes[n].op == "Conv" && graph.nodes[n].activation.curve == ir::Curve::none &&
                         graph.consumers(graph.nodes[n].outputs[0]).size() == 1 &&
                         graph.consumers(graph.nodes[n].outputs[0])[0]->op == "Conv";
    EXPECT_EQ(gains.count(graph.nodes[n].outputs[0]) != 0 && !is_free, false) << graph.nodes[n].name;
  }
}

TEST_P(EqualiseSeeds, a_lowered_layer_puts_out_no_code_outside_its_range) {
  for (const int bits : {8, 16}) {
    const ir::Graph graph = uneven_network(GetParam());
    const Quantised quantised =
        quantise(graph, statistics_of(graph, 3), pixels_around_zero(3), {}, {.bits = bits}).value();
    const IntegerNetwork& network = quantised.network;
    std::mt19937 engine(GetParam());
    const int limit = (1 << (bits - 1)) - 1;
    std::vector<std::int16_t> codes;
    for (std::int64_t i = 0; i < network.input.size(); ++i)
      codes.push_back(static_cast<std::int16_t>(std::uniform_int_distribution<int>(-limit, limit)(engine)));
    const std::vector<Map> maps = run_reference(network, codes);
    std::vector<CodeRange> ranges;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      std::vector<CodeRange> operands;
      for (const int input : network.layers[i].inputs)
        operands.push_back(input < 0 ? CodeRange{-limit, limit} : ranges[std::size_t(input)]);
      ranges.push_back(output_range(network.layers[i], operands));
      const auto [low, high] = std::minmax_element(maps[i].begin(), maps[i].end());
      EXPECT_GE(*low, ranges[i].low) << network.layers[i].name;
      EXPECT_LE(*high, ranges[i].high) << network.layers[i].name;
    }
    EXPECT_EQ(ranges[0].low, 0);  // after a ReLU
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, EqualiseSeeds, ::testing::Range(1u, 6u));

}  // namespace
}  // namespace sluice::testing
