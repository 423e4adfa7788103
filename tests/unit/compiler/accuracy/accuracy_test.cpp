// SPDX-License-Identifier: Apache-2.0
// Errors of layers name the layer that was spoilt; of several ways of quantising the nearest to float is taken.
#include <fstream>

#include "compiler/accuracy/choose_quantisation.hpp"
#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/equalise.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/compiler/quantise/float_graph.hpp"

namespace sluice::testing {
namespace {

class Accuracy : public ::testing::Test {
 protected:
  Accuracy() {
    GraphMaker make(11, {1, 3, 32, 32});
    const std::string stem = make.conv("x", 8, 3, 2);
    make.clamp(0.0f, std::nullopt);
    const std::string deep = make.depthwise(stem, 3);
    make.clamp(0.0f, 6.0f);
    make.conv(deep, 8, 1);
    graph_ = make.finish(5);
    // Random pictures as a CIFAR-10 file.
    std::mt19937 engine(12);
    std::ofstream file(scratch_.path() / "pictures.bin", std::ios::binary);
    for (int i = 0; i < 12 * 3073; ++i)
      file.put(static_cast<char>(i % 3073 == 0 ? 1 : std::uniform_int_distribution<int>(0, 255)(engine)));
    file.close();
    images_ = open_images(scratch_.path() / "pictures.bin").value();
    calibration_ = calibrate(graph_, pictures()).value();
  }

  FittedPictures pictures() const { return {images_, picture_shape(graph_), preprocess_}; }

  test::Scratch scratch_;
  ir::Graph graph_;
  const Preprocess preprocess_ = pixels_around_zero(3);
  ImageSet images_;
  Calibration calibration_;
};

TEST_F(Accuracy, errors_are_small_and_name_the_layer_that_was_spoilt) {
  Quantised quantised = quantise(graph_, calibration_.statistics, preprocess_, {}, {.bits = 16}).value();
  const auto good = layer_errors(graph_, quantised.network, images_).value();
  ASSERT_EQ(good.size(), 5u);
  for (const LayerError& error : good) EXPECT_GT(error.sqnr_db(), 50) << error.layer;
  EXPECT_EQ(first_above(good, 0.05), -1);

  for (std::int16_t& weight : quantised.network.layers[1].weights) weight = static_cast<std::int16_t>(weight / 2);
  const auto spoilt = layer_errors(graph_, quantised.network, images_).value();
  EXPECT_EQ(spoilt[0].noise, good[0].noise);
  EXPECT_EQ(first_above(spoilt, 0.05), 1);
}

TEST_F(Accuracy, equalised_channels_are_compared_in_real_values) {
  ir::Graph even = graph_;
  const ChannelGains gains = equalise(even, calibration_.statistics);
  ASSERT_FALSE(gains.empty());
  const Statistics statistics = calibrate(even, pictures()).value().statistics;
  const Quantised quantised = quantise(even, statistics, preprocess_, {}, {.bits = 16}, gains).value();
  const auto errors = layer_errors(graph_, quantised.network, images_).value();
  for (const LayerError& error : errors) EXPECT_GT(error.sqnr_db(), 50) << error.layer;
}

TEST_F(Accuracy, the_way_nearest_to_float_is_taken) {
  const FloatForm plain{"", graph_, calibration_.statistics, {}};
  FloatForm wrong{"wrong", graph_, calibration_.statistics, {}};
  for (float& w : wrong.graph.initialisers.at("w2").values) w *= 0.3f;
  QuantiseOptions options;
  options.method = RangeMethod::best;
  for (const bool is_wrong_first : {true, false}) {
    const auto chosen = choose_quantisation(is_wrong_first ? std::vector{wrong, plain} : std::vector{plain, wrong}, {},
                                            options, pictures(), calibration_.scores)
                            .value();
    ASSERT_EQ(chosen.trials.size(), 8u);
    EXPECT_EQ(chosen.form, is_wrong_first ? 1u : 0u);
    for (const QuantiseTrial& trial : chosen.trials)
      EXPECT_GE(trial.divergence, chosen.trials[chosen.best].divergence) << trial.name;
  }
}

}  // namespace
}  // namespace sluice::testing
