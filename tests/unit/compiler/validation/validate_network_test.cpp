// SPDX-License-Identifier: Apache-2.0
// Faults that quantising could have, planted into an integer network: each is found, at its layer. Sound ones pass.
#include "compiler/validation/validate_network.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/equalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/quantise/quantise.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ValidateNetwork : public ::testing::Test {
 protected:
  ValidateNetwork() {
    GraphMaker make(11, {1, 3, 32, 32});
    const std::string stem = make.conv("x", 8, 3, 2);
    make.clamp(0.0f, std::nullopt);
    const std::string deep = make.depthwise(stem, 3);
    make.clamp(0.0f, 6.0f);
    make.conv(deep, 8, 1);
    graph_ = make.finish(5);
    std::mt19937 engine(12);
    std::ofstream file(scratch_.path() / "pictures.bin", std::ios::binary);
    for (int i = 0; i < 12 * 3073; ++i)
      file.put(static_cast<char>(i % 3073 == 0 ? 1 : std::uniform_int_distribution<int>(0, 255)(engine)));
    file.close();
    images_ = open_images(scratch_.path() / "pictures.bin").value();
    statistics_ = calibrate(graph_, pictures()).value().statistics;
  }

  FittedPictures pictures() const { return {images_, picture_shape(graph_), preprocess_}; }
  IntegerNetwork network(int bits) const {
    return quantise(graph_, statistics_, preprocess_, {}, {.bits = bits}).value().network;
  }
  NetworkValidation validated(const IntegerNetwork& network) const {
    const auto inputs = validation_inputs(pictures(), picture_shape(graph_)).value();
    return validate_network(graph_, network, inputs).value();
  }

  test::Scratch scratch_;
  ir::Graph graph_;
  const Preprocess preprocess_ = pixels_around_zero(3);
  ImageSet images_;
  Statistics statistics_;
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
  ir::Graph even = graph_;
  const ChannelGains gains = equalise(even, statistics_);
  ASSERT_FALSE(gains.empty());
  const Statistics statistics = calibrate(even, pictures()).value().statistics;
  EXPECT_EQ(validated(quantise(even, statistics, preprocess_, {}, {.bits = 8}, gains).value().network).parted, "");
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
