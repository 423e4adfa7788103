// SPDX-License-Identifier: Apache-2.0
// Score codes as outputs and probabilities: values computed by hand, overflow, few classes, and the order of the codes.
#include <cmath>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/base/top_k.hpp"
#include "runtime/scores/model_scores.hpp"

namespace sluice {
namespace {

constexpr TailKind kKinds[] = {TailKind::softmax, TailKind::log_softmax, TailKind::sigmoid};

// As far as scores are concerned; not a network that validates.
IntegerNetwork network_of(int classes, double output_scale, const std::vector<TailKind>& tail = {}) {
  IntegerNetwork network;
  network.layers.resize(1);
  network.layers[0].output = {1, 1, classes};
  network.layers[0].output_scale = output_scale;
  for (const TailKind kind : tail) network.host_tail.push_back({kind, to_text(kind)});
  return network;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << "class " << i;
}

TEST(ModelScores, logits_keep_their_values_and_show_their_softmax) {
  const IntegerNetwork network = network_of(3, std::log(2.0));
  const ModelScores scores = model_scores(network, {1, 2, 0});
  expect_near(scores.outputs, {std::log(2.0), std::log(4.0), 0});
  expect_near(scores.probabilities, {2.0 / 7, 4.0 / 7, 1.0 / 7});
  EXPECT_STREQ(to_text(probability_kind(network)), "softmax_of_outputs");
}

TEST(ModelScores, softmax_of_the_model_is_its_output_and_its_probability) {
  const IntegerNetwork network = network_of(3, std::log(2.0), {TailKind::softmax});
  const ModelScores scores = model_scores(network, {1, 2, 0});
  expect_near(scores.outputs, {2.0 / 7, 4.0 / 7, 1.0 / 7});
  EXPECT_EQ(scores.probabilities, scores.outputs);
  EXPECT_STREQ(to_text(probability_kind(network)), "model");
}

TEST(ModelScores, log_softmax_has_logarithms_as_outputs) {
  const ModelScores scores = model_scores(network_of(3, std::log(2.0), {TailKind::log_softmax}), {1, 2, 0});
  expect_near(scores.outputs, {std::log(2.0 / 7), std::log(4.0 / 7), std::log(1.0 / 7)});
  expect_near(scores.probabilities, {2.0 / 7, 4.0 / 7, 1.0 / 7});
}

TEST(ModelScores, sigmoids_of_two_classes_need_not_add_up) {
  const ModelScores scores = model_scores(network_of(2, std::log(3.0), {TailKind::sigmoid}), {1, -2});
  expect_near(scores.outputs, {3.0 / 4, 1.0 / 10});
  expect_near(scores.probabilities, {3.0 / 4, 1.0 / 10});
}

TEST(ModelScores, steps_follow_in_order) {
  const ModelScores scores = model_scores(network_of(2, 1, {TailKind::sigmoid, TailKind::softmax}), {0, 0});
  expect_near(scores.outputs, {0.5, 0.5});
  expect_near(model_scores(network_of(2, std::log(3.0), {TailKind::softmax, TailKind::sigmoid}), {1, 0}).outputs,
              {1 / (1 + std::exp(-0.75)), 1 / (1 + std::exp(-0.25))});
}

TEST(ModelScores, one_class) {
  EXPECT_TRUE(model_scores(network_of(1, 0.5), {7}).probabilities.empty()) << "the softmax of one logit is always 1";
  EXPECT_EQ(probability_kind(network_of(1, 0.5)), ProbabilityKind::none);
  expect_near(model_scores(network_of(1, 0.5), {7}).outputs, {3.5});
  expect_near(model_scores(network_of(1, 0.5, {TailKind::softmax}), {7}).outputs, {1});
  expect_near(model_scores(network_of(1, std::log(3.0), {TailKind::sigmoid}), {1}).probabilities, {0.75});
}

TEST(ModelScores, values_of_a_curve_are_no_logits) {
  IntegerNetwork network = network_of(2, 0.01);
  network.layers[0].curve.kind = CurveKind::hard_sigmoid;
  EXPECT_EQ(probability_kind(network), ProbabilityKind::none);
  EXPECT_TRUE(model_scores(network, {3, 99}).probabilities.empty());
}

TEST(ModelScores, scores_of_a_thousand_do_not_overflow) {
  const std::vector<std::int32_t> codes{1, -1, 0};
  for (const TailKind kind : kKinds) {
    for (const double size : {1e3, 1e30}) {
      const ModelScores scores = model_scores(network_of(3, size, {kind}), codes);
      SCOPED_TRACE(fmt::format("{} of {}", to_text(kind), size));
      for (const double output : scores.outputs) EXPECT_TRUE(std::isfinite(output));
      expect_near(scores.probabilities, {1, 0, kind == TailKind::sigmoid ? 0.5 : 0});
    }
  }
  expect_near(model_scores(network_of(3, 1e3), codes).probabilities, {1, 0, 0});
  expect_near(model_scores(network_of(2, 1e3, {TailKind::log_softmax}), {1, -1}).outputs, {0, -2000});
}

TEST(ModelScores, gains_divide_the_scale) {
  Layer layer;
  layer.output_scale = 0.5;
  EXPECT_EQ(layer.real_value(-3, 1), -1.5);
  layer.channel_gain = {1, 4};
  EXPECT_EQ(layer.real_value(-3, 1), -0.375);
}

// Where codes are equal after rounding, outputs may be; they never turn around.
TEST(ModelScores, no_step_turns_two_classes_around) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> code(-32767, 32767);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::int32_t> codes(20);
    for (auto& c : codes) c = code(random);
    for (const TailKind kind : kKinds) {
      const ModelScores scores = model_scores(network_of(20, round % 2 ? 1e-3 : 1e-1, {kind}), codes);
      const std::vector<int> order = top_k(codes, codes.size());
      for (std::size_t i = 1; i < order.size(); ++i) {
        const auto better = std::size_t(order[i - 1]), worse = std::size_t(order[i]);
        EXPECT_GE(scores.outputs[better], scores.outputs[worse]) << to_text(kind);
        EXPECT_GE(scores.probabilities[better], scores.probabilities[worse]) << to_text(kind);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
