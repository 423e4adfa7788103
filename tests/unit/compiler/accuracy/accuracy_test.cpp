// SPDX-License-Identifier: Apache-2.0
// Errors of layers name the layer that was spoilt; of several ways of quantising the nearest to float is taken.
#include "compiler/accuracy/choose_quantisation.hpp"
#include "compiler/accuracy/layer_errors.hpp"
#include "compiler/accuracy/map_divergences.hpp"
#include "compiler/accuracy/rounding_shares.hpp"
#include "compiler/accuracy/widen_maps.hpp"
#include "compiler/quantise/equalise.hpp"
#include "compiler/quantise/float_runner.hpp"
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
  const ChannelGains gains = equalise(graph_, calibration_.statistics);
  ASSERT_FALSE(gains.empty());
  const Statistics statistics = calibrate(graph_, pictures(), gains).value().statistics;
  const Quantised quantised = quantise(graph_, statistics, preprocess_, {}, {.bits = 16}, gains).value();
  const auto errors = layer_errors(graph_, quantised.network, images_).value();
  for (const LayerError& error : errors) EXPECT_GT(error.sqnr_db(), 50) << error.layer;
}

TEST_F(Accuracy, rounding_is_told_by_the_layer_that_makes_it) {
  Quantised quantised = quantise(graph_, calibration_.statistics, preprocess_, {}, {.bits = 16}).value();
  const RoundingShares good = rounding_shares(graph_, quantised.network, images_).value();
  ASSERT_EQ(good.layers.size(), 6u);  // the picture, and five layers
  EXPECT_EQ(good.layers[0].layer, "picture");
  EXPECT_LT(good.all, 1e-6);
  // A map that saturates early.
  Layer& coarse = quantised.network.layers[1];
  coarse.clamp_low /= 4, coarse.clamp_high /= 4;
  const RoundingShares shares = rounding_shares(graph_, quantised.network, images_).value();
  EXPECT_GT(shares.all, 100 * good.all);
  for (const RoundingShare& share : shares.layers) {
    const bool is_coarse = share.layer == coarse.name;
    EXPECT_EQ(share.alone > 0.3 * shares.all, is_coarse) << share.layer;
    EXPECT_EQ(share.without < 0.3 * shares.all, is_coarse) << share.layer;
  }
}

TEST_F(Accuracy, one_map_edited_in_a_trace_is_the_network_with_that_map_edited) {
  const FloatRunner runner = FloatRunner::prepare(graph_, preprocess_).value();
  const FittedPicture picture = pictures().load(0).value();
  const auto trace = runner.trace(picture).value();
  for (const ir::Node& node : graph_.nodes) {
    const std::string& edited = node.outputs[0];
    const auto halve = [&](const std::string& value, ir::Tensor& map) {
      if (value == edited)
        for (float& v : map.values) v /= 2;
    };
    const auto wanted = runner.edited_scores(picture, halve).value();
    EXPECT_EQ(runner.edited_scores(trace, {edited}, halve).value(), wanted) << edited;
    EXPECT_NE(wanted, runner.scores(picture).value()) << edited;
  }
}

TEST_F(Accuracy, the_map_that_saturates_early_moves_the_answers_most) {
  const QuantiseOptions options{.bits = 16, .method = RangeMethod::largest};
  Quantised quantised = quantise(graph_, calibration_.statistics, preprocess_, {}, options).value();
  Layer& coarse = quantised.network.layers[1];
  coarse.clamp_low /= 4, coarse.clamp_high /= 4;
  const FittedPictures all = pictures();
  const MapDivergences divergences(graph_, quantised, options, {}, all, calibration_.scores);
  const std::vector<double> alone = divergences.measure().value();
  ASSERT_EQ(alone.size(), 4u);  // of five layers, all but the scores
  for (std::size_t m = 0; m < alone.size(); ++m) {
    const bool is_coarse = divergences.maps()[m].values.count(quantised.value_of.at(coarse.name)) != 0;
    EXPECT_EQ(alone[m] > 1e-6, is_coarse) << divergences.maps()[m].root;
  }
}

TEST_F(Accuracy, maps_are_widened_until_the_network_is_near_enough) {
  QuantiseOptions options{.bits = 8, .method = RangeMethod::largest};
  const std::vector<FloatForm> forms{{"", calibration_.statistics, {}}};
  ChosenQuantisation chosen = choose_quantisation(graph_, forms, {}, options, pictures(), calibration_.scores).value();
  const double before = mean_divergence(chosen.quantised.network, pictures(), calibration_.scores).value();
  const WideMaps wide = widen_maps(chosen, graph_, forms, {}, pictures(), calibration_.scores, before / 3).value();
  ASSERT_FALSE(wide.maps.empty());
  EXPECT_LT(wide.after, wide.before);
  EXPECT_LE(wide.products_share, 0.25);
  EXPECT_EQ(mean_divergence(chosen.quantised.network, pictures(), calibration_.scores).value(), wide.after);
  for (const Layer& layer : chosen.quantised.network.layers) {
    const bool is_wide = std::any_of(wide.maps.begin(), wide.maps.end(), [&](const WideMap& map) {
      return map.layers.find(layer.name) != std::string::npos;
    });
    const bool is_last = &layer == &chosen.quantised.network.layers.back();
    EXPECT_EQ(layer.output_bits, is_wide || is_last ? 16 : 8) << layer.name;
  }
  for (const SumProof& proof : chosen.quantised.proofs) EXPECT_LT(proof.bound_bits, 26) << proof.layer;
  // Near enough already: nothing is widened.
  ChosenQuantisation again = choose_quantisation(graph_, forms, {}, options, pictures(), calibration_.scores).value();
  EXPECT_TRUE(widen_maps(again, graph_, forms, {}, pictures(), calibration_.scores, before).value().maps.empty());
}

TEST_F(Accuracy, the_way_nearest_to_float_is_taken) {
  const FloatForm plain{"", calibration_.statistics, {}};
  FloatForm wrong{"wrong", calibration_.statistics, {}};
  wrong.statistics[graph_.nodes[2].outputs[0]] = calibration_.statistics.at(graph_.input);
  QuantiseOptions options;
  options.method = RangeMethod::best;
  for (const bool is_wrong_first : {true, false}) {
    const auto chosen =
        choose_quantisation(graph_, is_wrong_first ? std::vector{wrong, plain} : std::vector{plain, wrong}, {}, options,
                            pictures(), calibration_.scores)
            .value();
    ASSERT_EQ(chosen.trials.size(), 8u);
    EXPECT_EQ(chosen.form, is_wrong_first ? 1u : 0u);
    for (const QuantiseTrial& trial : chosen.trials)
      EXPECT_GE(trial.divergence, chosen.trials[chosen.best].divergence) << trial.name;
  }
}

}  // namespace
}  // namespace sluice::testing
