// SPDX-License-Identifier: Apache-2.0
// The loss table against whole evaluations, one level at a time; and as JSON.
#include "compiler/search/loss_table.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "compiler/accuracy/divergence.hpp"
#include "compiler/search/loss_json.hpp"
#include "compiler/search/loss_scale.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

using search::LayerLosses;
using search::LossLevel;
using search::LossTable;

struct Subject {
  IntegerNetwork network;
  search::Pictures pictures;
};

Subject subject(std::uint64_t seed) {
  Random random(seed);
  Subject s{random_network(random, 3), {}};
  for (int i = 0; i < 6; ++i) s.pictures.push_back(random_codes(random, s.network));
  return s;
}

// By the plain reference, whole pictures.
void expect_level(const Subject& s, std::size_t layer, const LossLevel& level) {
  std::vector<Thresholds> thresholds(s.network.layers.size());
  thresholds[layer] = level.thresholds;
  double divergences = 0, changed = 0;
  for (const auto& picture : s.pictures) {
    const auto wanted = run_reference(s.network, picture).back(),
               got = run_reference(s.network, picture, thresholds).back();
    divergences += divergence(log_probabilities_of(s.network, wanted), log_probabilities_of(s.network, got));
    changed += top_k(wanted, 1)[0] != top_k(got, 1)[0];
  }
  const auto count = double(s.pictures.size());
  EXPECT_NEAR(level.divergence, std::max(0.0, divergences / count), 1e-9);
  EXPECT_DOUBLE_EQ(level.changed, changed / count);
  EXPECT_GT(level.share, 0);
}

TEST(LossTable, says_what_whole_evaluations_say) {
  std::size_t levels = 0;
  for (const std::uint64_t seed : {3u, 4u, 5u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Subject s = subject(seed);
    const LossTable table =
        search::measured_losses(s.network, s.pictures, {.most_divergence = 1e9, .screening_pictures = 2});
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
      const LayerLosses& losses = table.layers[i];
      for (const std::vector<LossLevel>* of_kind : {&losses.weights, &losses.activations, &losses.ranks}) {
        EXPECT_TRUE(of_kind->empty() || search::may_have_thresholds(s.network, i)) << "layer " << i;
        for (const LossLevel& level : *of_kind) expect_level(s, i, level), ++levels;
      }
      for (const std::vector<LossLevel>* of_kind : {&losses.weights, &losses.activations})
        for (std::size_t v = 1; v < of_kind->size(); ++v) EXPECT_GT((*of_kind)[v].share, (*of_kind)[v - 1].share);
    }
    EXPECT_EQ(search::loss_table_from(to_json(table)), table) << "as JSON";
  }
  EXPECT_GT(levels, 50u);
}

TEST(LossTable, ladders_end_where_they_lose_too_much) {
  const Subject s = subject(4);
  const LossTable all =
      search::measured_losses(s.network, s.pictures, {.most_divergence = 1e9, .screening_pictures = 6});
  double most = 0;
  for (const LayerLosses& losses : all.layers)
    for (const LossLevel& level : losses.weights) most = std::max(most, level.divergence / 2);
  ASSERT_GT(most, 0);
  const LossTable cut =
      search::measured_losses(s.network, s.pictures, {.most_divergence = most, .screening_pictures = 6});
  std::size_t before = 0, after = 0;
  for (std::size_t i = 0; i < all.layers.size(); ++i) {
    before += all.layers[i].weights.size(), after += cut.layers[i].weights.size();
    for (const LossLevel& level : cut.layers[i].weights) EXPECT_LE(level.divergence, most);
  }
  EXPECT_LT(after, before);
}

// With one engine only, what it does not obey is not measured; what it obeys says the same as among all kinds.
TEST(LossTable, has_the_kinds_that_an_engine_obeys) {
  const Subject s = subject(5);
  const LossTable all = search::measured_losses(s.network, s.pictures);
  for (const KernelKind engine : convolution_engines()) {
    SCOPED_TRACE(to_text(engine));
    const LossTable own = search::measured_losses(s.network, s.pictures, search::loss_options_for(engine));
    const std::vector<LossLevel> none;
    for (std::size_t i = 0; i < all.layers.size(); ++i) {
      EXPECT_EQ(own.layers[i].weights, obeys_weight_threshold(engine) ? all.layers[i].weights : none);
      EXPECT_EQ(own.layers[i].activations, obeys_activation_threshold(engine) ? all.layers[i].activations : none);
      EXPECT_EQ(own.layers[i].ranks, obeys_prefix(engine) ? all.layers[i].ranks : none);
    }
  }
  EXPECT_EQ(search::measured_losses(s.network, s.pictures, search::loss_options_for(std::nullopt)), all);
}

TEST(LossScale, is_straight_between_steps_and_rises) {
  search::LossScale scale;
  for (const auto& [nats, points] : {std::pair{0.1, 0.0}, {0.2, 1.0}, {0.5, 4.0}}) {
    search::LossScale::Step step;
    step.nats = nats, step.points = points;
    scale.steps.push_back(step);
  }
  EXPECT_DOUBLE_EQ(scale.nats(0.5), 0.15);
  EXPECT_DOUBLE_EQ(scale.nats(1), 0.2);
  EXPECT_DOUBLE_EQ(scale.nats(2), 0.3);
  EXPECT_DOUBLE_EQ(scale.nats(100), 0.5) << "no farther than it was measured";
}

}  // namespace
}  // namespace sluice::test
