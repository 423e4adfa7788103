// SPDX-License-Identifier: Apache-2.0
// Rows of a design: a front, within the loss, and the same whatever kills the search.
#include "compiler/search/row_search.hpp"

#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/search/loss_json.hpp"
#include "compiler/search/study.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using search::FrontPoint;
using ::testing::HasSubstr;

class Rows : public ::testing::Test {
 protected:
  Design design_of(KernelKind engine) {
    Random random(9);
    NetworkMaker make(random, {8, 8, 3});
    const Window same{3, 3, 1, 1, 1, 1, 1, 1};
    make.conv(16, same, make.conv(8, same, make.conv(8, same, kNetworkInput)));
    const IntegerNetwork network = make.finish(5);
    for (int i = 0; i < 40; ++i) {
      const auto codes = random_codes(random, network);
      samples_.push_back({codes, top_k(reference_scores(network, codes), 1)[0]});
      pictures_.push_back(codes);
    }
    return {network, build_netlist(network, uniform_engines(network, engine)).value()};
  }

  search::RowSearch rows_of(const Design& design, const search::TrialOptions& trials = {}) {
    return search_rows(design, search::measured_losses(design.network, pictures_), samples_, {}, options_, trials)
        .value();
  }

  std::vector<RowSample> samples_;
  search::Pictures pictures_;
  search::RowSearchOptions options_{.most_points = 20};
};

TEST_F(Rows, are_a_front_within_the_loss_and_a_valid_table) {
  for (const KernelKind engine : {KernelKind::conv_pair_sparse, KernelKind::conv_activation_sparse,
                                  KernelKind::conv_weight_sparse, KernelKind::conv_grouped_prefix}) {
    SCOPED_TRACE(to_text(engine));
    samples_.clear(), pictures_.clear();
    const Design design = design_of(engine);
    const search::RowSearch found = rows_of(design);
    ASSERT_FALSE(found.front.empty());
    EXPECT_EQ(found.front[0].row, 0);
    EXPECT_EQ(found.front[0].thresholds, std::vector<Thresholds>(design.network.layers.size()));
    int rows = 1;
    for (std::size_t p = 1; p < found.front.size(); ++p) {
      const FrontPoint &before = found.front[p - 1], &point = found.front[p];
      EXPECT_LE(point.cycles, before.cycles);
      EXPECT_GE(point.measured.divergence, p > 1 ? before.measured.divergence : 0);
      EXPECT_GE(point.points, before.points);
      if (point.row < 0) continue;
      EXPECT_EQ(point.row, rows++);
      EXPECT_LE(point.points, options_.most_points);
    }
    EXPECT_GT(rows, 1);
    EXPECT_EQ(found.why_single, "");
    DesignTable table = table_of(design, found.front, 250);
    table.design_hash = "hash";
    const Status status = table.validate(design.network, design.netlist, "hash");
    EXPECT_TRUE(status) << status.error().text();
    ASSERT_EQ(int(table.rows.size()), rows);
    for (const FrontPoint& point : found.front) {
      if (point.row <= 0) continue;
      EXPECT_EQ(table.thresholds(design.network, design.netlist, std::size_t(point.row)), point.thresholds);
    }
    const search::RowSearch again = search::row_search_from(to_json(found));
    EXPECT_EQ(again.front, found.front) << "as JSON";
    EXPECT_EQ(again.raced, found.raced) << "as JSON";
  }
}

TEST_F(Rows, of_dense_engines_are_one_and_the_search_says_why) {
  const search::RowSearch found = rows_of(design_of(KernelKind::conv_dense));
  EXPECT_EQ(found.front.size(), 1u);
  EXPECT_THAT(found.why_single, HasSubstr("sets the interval"));
}

TEST_F(Rows, that_save_too_little_are_not_worthwhile) {
  DesignTable table;
  for (const double cycles : {1000.0, 995.0, 900.0, 899.0, 950.0, 700.0}) {
    table.rows.emplace_back();
    table.rows.back().cycles_per_image = cycles;
  }
  EXPECT_THAT(search::worthwhile_rows(table, 0.01), ::testing::ElementsAre(0, 2, 5));
}

TEST_F(Rows, of_trials_are_the_same_after_a_kill_and_never_worse) {
  const Design design = design_of(KernelKind::conv_pair_sparse);
  const search::RowSearch allocated = rows_of(design);
  search::TrialOptions trials;
  trials.trials = 60, trials.subject = "0123456789abcdef0123";
  const search::RowSearch whole = rows_of(design, trials);
  for (const FrontPoint& point : allocated.front) {
    EXPECT_TRUE(std::any_of(whole.front.begin(), whole.front.end(), [&](const FrontPoint& other) {
      return other.cycles <= point.cycles && other.measured.divergence <= point.measured.divergence;
    })) << point.cycles;
  }
  const Scratch scratch;
  trials.journals = scratch.path();
  std::size_t asked = 0;
  trials.is_over = [&] { return ++asked > 23; };  // killed after some trials
  rows_of(design, trials);
  trials.is_over = [] { return false; };
  std::size_t measured = 0;
  trials.progress = [&](std::size_t) { ++measured; };
  const search::RowSearch resumed = rows_of(design, trials);
  EXPECT_EQ(resumed.front, whole.front);
  EXPECT_EQ(resumed.raced, whole.raced);
  EXPECT_LT(measured, 60u) << "those of the journal are not asked again";
}

}  // namespace
}  // namespace sluice::test
