// SPDX-License-Identifier: Apache-2.0
// Trials of thresholds before the hardware is chosen: costed by hardware, raced, resumable.
#include "compiler/search/threshold_study.hpp"

#include <gmock/gmock.h>

#include "compiler/dse/network_menus.hpp"
#include "compiler/search/level_densities.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using search::RacedLoss;
using search::ThresholdStudy;

class ThresholdTrials : public ::testing::Test {
 protected:
  ThresholdTrials() {
    Random random(4);
    NetworkMaker make(random, {8, 8, 3});
    const Window same{3, 3, 1, 1, 1, 1, 1, 1};
    make.conv(8, same, make.conv(8, same, make.conv(8, same, kNetworkInput)));
    network_ = make.finish(5);
    search::Pictures pictures;
    for (int i = 0; i < 300; ++i) {
      const auto codes = random_codes(random, network_);
      samples_.push_back({codes, top_k(reference_scores(network_, codes), 1)[0]});
      if (i < 40) pictures.push_back(codes);
    }
    table_ = search::measured_losses(network_, pictures);
    menus_ = network_menus(network_, model_);
    const PictureCodes few(pictures.begin(), pictures.begin() + 4);
    levels_ =
        search::level_densities(network_, menus_, measured_densities(network_, menus_, few).value(), table_, 10, few)
            .value();
    limit_.alms = 40e3, limit_.m20k = 500, limit_.dsp_blocks = 60;
  }

  ThresholdStudy study_of(const search::TrialOptions& trials, double most_points = 5) {
    const search::LossMeter meter(network_, samples_);
    search::RacingMeter racing(meter, most_points, trials.seed);
    TrialExplorer explorer(menus_, levels_, limit_, {});
    return study_thresholds("interval", search::hardware_cost(explorer, menus_, levels_), explorer.most(),
                            {std::vector<Allowance>(levels_.size()), explorer.most()}, racing, trials)
        .value();
  }

  const ResourceModel model_{known_coefficients().value(), bsp::find_board("d5005").value().device};
  IntegerNetwork network_;
  std::vector<RowSample> samples_;
  search::LossTable table_;
  std::vector<LayerMenu> menus_;
  std::vector<LayerLevels> levels_;
  Resources limit_;
};

bool is_same(const ThresholdStudy& a, const ThresholdStudy& b) {
  const auto equal = [](const search::ThresholdTrial& x, const search::ThresholdTrial& y) {
    return x.allowances == y.allowances && x.costed.thresholds == y.costed.thresholds &&
           x.costed.cost == y.costed.cost && x.raced == y.raced && x.is_feasible == y.is_feasible;
  };
  return a.front == b.front && a.raced == b.raced &&
         std::equal(a.trials.begin(), a.trials.end(), b.trials.begin(), b.trials.end(), equal);
}

TEST_F(ThresholdTrials, find_faster_designs_within_the_loss) {
  const ThresholdStudy study = study_of({.trials = 60});
  ASSERT_EQ(study.trials.size(), 60u);
  const search::ThresholdTrial& densest = study.trials[0];
  EXPECT_EQ(densest.raced.loss.divergence, 0);
  const search::ThresholdTrial* best = study.best(5);
  ASSERT_TRUE(best);
  EXPECT_LT(best->costed.cost, densest.costed.cost);
  EXPECT_LE(best->raced.loss.points, 5);
  const search::LossMeter meter(network_, samples_);
  for (std::size_t f = 0; f < study.front.size(); ++f) {
    const search::ThresholdTrial& trial = study.trials[study.front[f]];
    EXPECT_EQ(trial.raced.loss, meter.measure(trial.costed.thresholds)) << "a race that is not lost tells all";
    EXPECT_LE(trial.raced.loss.points, 5);
    if (f > 0) EXPECT_LT(trial.costed.cost, study.trials[study.front[f - 1]].costed.cost);
  }
  EXPECT_GT(study.raced.dropped, 0u);
  EXPECT_LT(study.raced.pictures, study.raced.all_pictures);
  EXPECT_EQ(study.raced.all_pictures, 60u * samples_.size());
}

TEST_F(ThresholdTrials, are_the_same_after_a_kill) {
  const ThresholdStudy whole = study_of({.trials = 40});
  for (const std::size_t kill : {1u, 9u, 23u}) {
    const Scratch scratch;
    search::TrialOptions trials{.trials = 40, .journals = scratch.path(), .subject = "0123456789abcdef0123"};
    std::size_t asked = 0;
    trials.is_over = [&] { return ++asked > kill; };
    EXPECT_EQ(study_of(trials).trials.size(), kill);
    trials.is_over = [] { return false; };
    EXPECT_TRUE(is_same(study_of(trials), whole)) << kill;
  }
}

TEST_F(ThresholdTrials, are_not_costed_where_nothing_fits) {
  limit_.alms = 10;
  const ThresholdStudy study = study_of({.trials = 12});
  EXPECT_THAT(study.front, ::testing::IsEmpty());
  EXPECT_FALSE(study.best(100));
  EXPECT_EQ(study.raced.pictures, 0u);
}

TEST_F(ThresholdTrials, without_hardware_are_worth_the_products_they_leave_out) {
  const search::TrialCost cost = search::sparsity_cost(network_, levels_);
  std::vector<Allowance> allowances(levels_.size());
  const double natural = cost(allowances).cost;
  EXPECT_LE(natural, 1);
  double last = natural;
  for (std::size_t l = 1; l < 3; ++l) {
    allowances[l] = {0, 100};
    EXPECT_LT(cost(allowances).cost, last) << "activations alone";
    last = cost(allowances).cost;
    allowances[l] = {100, 100};
    const search::CostedThresholds costed = cost(allowances);
    EXPECT_LT(costed.cost, last);
    EXPECT_GT(costed.loss, 0);
    EXPECT_EQ(costed.thresholds[l].weight, table_.layers[l].weights.back().thresholds.weight);
    EXPECT_EQ(costed.thresholds[l].activation, table_.layers[l].activations.back().thresholds.activation);
    last = costed.cost;
  }
}

TEST_F(ThresholdTrials, that_were_measured_are_not_measured_again) {
  const search::LossMeter meter(network_, samples_);
  search::RacingMeter racing(meter, 100, 1);
  std::vector<Thresholds> thresholds(levels_.size());
  thresholds[1].weight = 3;
  const RacedLoss first = racing.measure(thresholds, 0);
  EXPECT_EQ(first.pictures, samples_.size());
  EXPECT_EQ(first.loss, meter.measure(thresholds));
  racing.remember(thresholds, first);
  thresholds[2].activation = 1;  // leaves out nothing
  const RacedLoss again = racing.measure(thresholds, 1);
  EXPECT_EQ(again.pictures, 0u);
  EXPECT_EQ(again.loss, first.loss);
  racing.remember(thresholds, again);
  EXPECT_EQ(racing.counts().known, 1u);
  EXPECT_EQ(search::race_counts_from(to_json(racing.counts())), racing.counts());
}

TEST_F(ThresholdTrials, that_diverge_too_much_are_dropped_and_no_others) {
  const search::LossMeter meter(network_, samples_);
  int dropped = 0;
  for (const double share : {0.5, 0.9, 1.1}) {  // of what they diverge
    search::RacingMeter racing(meter, 100, 1);
    for (const auto& level : table_.layers[1].activations) {
      std::vector<Thresholds> thresholds(levels_.size());
      thresholds[1] = level.thresholds;
      const search::MeasuredLoss whole = meter.measure(thresholds);
      const RacedLoss raced = racing.measure_within(thresholds, share * whole.divergence);
      EXPECT_EQ(raced.is_dropped, share < 1) << share;
      EXPECT_LE(raced.loss.divergence, whole.divergence * (1 + 1e-12)) << "a bound from below";
      if (raced.is_dropped) {
        EXPECT_GT(raced.loss.divergence, share * whole.divergence);
      } else {
        EXPECT_EQ(raced.loss, whole);
      }
      racing.remember(thresholds, raced);
      dropped += raced.pictures < samples_.size();
      // What was dropped under one limit may keep a larger one.
      EXPECT_FALSE(racing.measure_within(thresholds, 2 * whole.divergence).is_dropped);
    }
  }
  EXPECT_GT(dropped, 0);
}

}  // namespace
}  // namespace sluice::test
