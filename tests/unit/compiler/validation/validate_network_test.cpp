// SPDX-License-Identifier: Apache-2.0
// Faults that quantising could have, planted into an integer network: each is found, at its layer. Sound ones pass.
#include "compiler/validation/validate_network.hpp"

#include <gmock/gmock.h>

#include "compiler/quantise/equalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/quantise/quantise.hpp"
#include "tests/unit/compiler/quantise/calibrated_network.hpp"

namespace sluice::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ValidateNetwork : public CalibratedNetwork {
 protected:
  IntegerNetwork network(int bits) const {
    return quantise(graph_, calibration_.statistics, preprocess_, {}, {.bits = bits}).value().network;
  }
  NetworkValidation validated(const IntegerNetwork& network) const {
    const auto inputs = validation_inputs(pictures(), picture_shape(graph_)).value();
    return validate_network(graph_, network, inputs).value();
  }
};

TEST_F(ValidateNetwork, accepts_what_quantising_made) {
  for (const int bits : {8, 16}) {
    const NetworkValidation found = validated(network(bits));
    EXPECT_EQ(found.parted, "");
    EXPECT_EQ(found.layers, 5u);
    EXPECT_LT(found.largest_ratio, 2) << found.layer;
  }
}

TEST_F(ValidateNetwork, accepts_equalised_channels) {
  const ChannelGains gains = equalise(graph_, calibration_.statistics);
  ASSERT_FALSE(gains.empty());
  const Statistics statistics = calibrate(graph_, pictures(), gains).value().statistics;
  EXPECT_EQ(validated(quantise(graph_, statistics, preprocess_, {}, {.bits = 8}, gains).value().network).parted, "");
}

// A map of 16 bits that its reader left fewer saturates at their end. Where the node's own clamp lies within the range
// on one side, only the other side shows how many bits there are.
TEST_F(ValidateNetwork, accepts_a_narrowed_map_that_its_node_clamps_on_one_side) {
  for (const bool is_high : {true, false}) {
    GraphMaker make(13, {1, 3, 32, 32});
    const std::string wide = make.conv("x", 8, 1);
    const float largest = [&] {
      GraphMaker whole = make;
      return static_cast<float>(statistics_of(whole.finish(5), 4).at(wide).largest());
    }();
    is_high ? make.clamp(std::nullopt, 0.1f * largest) : make.clamp(-0.1f * largest, std::nullopt);
    make.conv(wide, 8, 5);
    make.conv(make.conv("v1", 24, 3), 24, 3);
    graph_ = make.finish(5);
    calibration_ = calibrate(graph_, pictures()).value();
    const auto made = quantise(graph_, calibration_.statistics, preprocess_, {},
                               {.bits = 16, .method = RangeMethod::percentile, .percentile = 0.9})
                          .value();
    int narrowed = 0;
    for (const Layer& layer : made.network.layers) narrowed += std::max(layer.clamp_high, -layer.clamp_low) < 32767;
    ASSERT_GT(narrowed, 0);
    EXPECT_EQ(validated(made.network).parted, "");
  }
}

TEST_F(ValidateNetwork, finds_a_clamp_that_is_lost) {
  IntegerNetwork spoilt = network(8);
  spoilt.layers[0].clamp_low = -128;
  EXPECT_THAT(validated(spoilt).parted, AllOf(HasSubstr("layer " + spoilt.layers[0].name), HasSubstr("codes away")));
}

TEST_F(ValidateNetwork, finds_filters_that_are_swapped_and_a_bias_that_is_lost) {
  for (const int bits : {8, 16}) {
    IntegerNetwork swapped = network(bits);
    Layer& conv = swapped.layers[2];
    const std::size_t size = conv.weights.size() / 8;
    std::swap_ranges(conv.weights.begin(), conv.weights.begin() + std::ptrdiff_t(size),
                     conv.weights.begin() + std::ptrdiff_t(size));
    EXPECT_THAT(validated(swapped).parted, HasSubstr("layer " + conv.name));

    IntegerNetwork biased = network(bits);
    for (std::int32_t& bias : biased.layers[1].bias) bias = 0;
    EXPECT_THAT(validated(biased).parted, HasSubstr("layer " + biased.layers[1].name));
  }
}

}  // namespace
}  // namespace sluice::testing
