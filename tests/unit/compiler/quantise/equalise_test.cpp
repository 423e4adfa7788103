// SPDX-License-Identifier: Apache-2.0
// Equalised channels: the network computes what it did, ranges are nearer to each other, and what cannot take a gain
// has none.
#include "compiler/quantise/equalise.hpp"

#include "compiler/quantise/output_range.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

// A depthwise block whose channels differ a hundredfold, a join that must stay as it is, a curve before squeeze-excite.
ir::Graph uneven_network(unsigned seed) {
  GraphMaker make(seed, {1, 3, 10, 10});
  const std::string stem = make.conv("x", 8, 3);
  make.clamp(0.0f, 6.0f);
  const std::string deep = make.depthwise(stem, 3);
  make.clamp(0.0f, std::nullopt);
  const std::string left = make.conv(deep, 8, 1), right = make.conv(deep, 8, 3);
  const std::string curved = make.conv(make.node("Add", {left, right}), 8, 1);
  make.curve(ir::Curve::hard_swish);
  make.conv(make.squeeze_excite(curved, 4), 8, 1);
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
  for (const auto& [value, gains] : equalise(graph, statistics_of(graph, 2))) {
    for (const double gain : gains) ASSERT_TRUE(gain >= 1 && gain < 1e7) << value;
  }
}

class EqualiseSeeds : public ::testing::TestWithParam<unsigned> {};

TEST_P(EqualiseSeeds, keeps_the_scores_and_evens_the_ranges) {
  const ir::Graph graph = uneven_network(GetParam());
  const Statistics before = statistics_of(graph, 6);
  const ChannelGains gains = equalise(graph, before);
  // With 16 bits hardly anything but a gain put in the wrong place moves a score.
  const Statistics after = statistics_of(graph, 6, gains);
  const Preprocess preprocess = pixels_around_zero(3);
  const Quantised even = quantise(graph, after, preprocess, {}, {.bits = 16}, gains).value();
  const auto plain = ops::FloatProgram::prepare(graph).value();
  for (unsigned picture = 0; picture < 6; ++picture) {  // the calibration pictures of statistics_of
    const ir::Tensor input = random_tensor(plain.input_dims(), 1000u + picture, -2.0f, 1.98f);
    std::vector<std::int16_t> codes;
    const std::int64_t channels = even.network.input.channels, pixels = even.network.input.pixels();
    for (std::int64_t i = 0; i < channels * pixels; ++i)
      codes.push_back(static_cast<std::int16_t>(
          std::round(input.values[std::size_t(i % channels * pixels + i / channels)] / even.network.input_scale)));
    const Map scores = run_reference(even.network, codes).back();
    const ir::Tensor wanted = plain.run(input).value();
    for (std::size_t c = 0; c < scores.size(); ++c)
      EXPECT_NEAR(even.network.layers.back().real_value(scores[c], int(c)), wanted.values[c], 2e-3)
          << "seed " << GetParam();
  }
  // The depthwise layer's input fills the range in every channel; its output is nearer to that than before. What comes
  // out of a curve is, too, and what squeeze-excite makes of it.
  const auto spread_of = [&](std::size_t node, const Statistics& statistics) {
    return spread(statistics.at(graph.nodes[node].outputs[0]));
  };
  EXPECT_NEAR(spread_of(0, after), 1.0, 1e-3);
  for (const std::size_t node : {1, 5, 9}) {
    EXPECT_EQ(gains.count(graph.nodes[node].outputs[0]), 1u) << node;
    EXPECT_LT(spread_of(node, after), spread_of(node, before)) << node;
  }
  EXPECT_EQ(gains.at(graph.nodes[5].outputs[0]), gains.at(graph.nodes[9].outputs[0]));
  // Neither what a join reads, nor gates, nor the scores.
  for (const std::size_t node :
       {std::size_t{2}, std::size_t{3}, std::size_t{4}, std::size_t{8}, graph.nodes.size() - 1})
    EXPECT_EQ(gains.count(graph.nodes[node].outputs[0]), 0u) << node;
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
