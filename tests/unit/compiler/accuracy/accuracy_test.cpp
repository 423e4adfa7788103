// SPDX-License-Identifier: Apache-2.0
// Errors of layers name the layer that was spoilt; of several ways of quantising the nearest to float is taken.
#include "compiler/accuracy/choose_quantisation.hpp"
#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/quantise/equalise.hpp"
#include "tests/unit/compiler/quantise/calibrated_network.hpp"

namespace sluice::testing {
namespace {

using Accuracy = CalibratedNetwork;

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
