// SPDX-License-Identifier: Apache-2.0
// Rows that the planner makes: which engine gets a threshold, which a prefix, and what the measurement says of them.
#include "compiler/sparsity/rows.hpp"

#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

class RowsOfAPrefix : public ::testing::Test {
 protected:
  void SetUp() override {
    NetworkMaker make(random_, {6, 6, 3});
    const Window same{3, 3, 1, 1, 1, 1, 1, 1};
    make.conv(8, {}, make.conv(32, same, make.conv(8, same, kNetworkInput)));
    const IntegerNetwork network = make.finish(4);
    design_ = {network, build_netlist(network, {Engine::dense, Engine::grouped_prefix, Engine::pair_sparse, Engine::dense, Engine::dense}).value()};
    for (int i = 0; i < 12; ++i) pictures_.push_back({random_codes(random_, network)});
  }

  DesignTable rows(const std::vector<Quantiles>& quantiles) const {
    RowOptions options;
    options.rows = quantiles;
    return measure_rows(design_, "hash", pictures_, pictures_, options);
  }

  Random random_{21};
  Design design_;
  std::vector<RowSample> pictures_;
};

TEST_F(RowsOfAPrefix, the_quantile_of_the_weights_leaves_out_as_many_whole_ranks_as_it_holds) {
  ASSERT_EQ(prefix_of(design_.netlist, 1).filters, 8);
  // Shares of eighths: none, 0.1 holds none, 3/8 exactly, half and a bit, and never all of them.
  const DesignTable table = rows({{0, 0}, {0.1, 0}, {0.375, 0.3}, {0.55, 0}, {1, 0}});
  const Status status = table.validate(design_.network, design_.netlist, "hash");
  ASSERT_TRUE(status) << status.error().text();
  const int wanted[] = {0, 0, 5, 4, 1};
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const TableLayer& layer = table.rows[r].layers[1];
    EXPECT_EQ(layer.k, wanted[r]) << "row " << r;
    EXPECT_EQ(layer.thresholds.weight, 0) << "it has no use for one";
    EXPECT_EQ(layer.thresholds.activation > 0, r == 2);
    EXPECT_EQ(table.rows[r].layers[2].k, 0) << "pair_sparse";
  }
  EXPECT_GT(table.rows[2].layers[2].thresholds.weight, 0);
}

TEST_F(RowsOfAPrefix, a_shorter_prefix_costs_as_much_less_as_it_is_shorter) {
  const DesignTable table = rows({{0, 0}, {0.5, 0}});
  const TableLayer &whole = table.rows[0].layers[1], &half = table.rows[1].layers[1];
  EXPECT_DOUBLE_EQ(half.density_assumed, whole.density_assumed / 2) << "the layer before is dense";
  // 36 pixels, one pass, 8 cycles of each to fetch the sums.
  EXPECT_DOUBLE_EQ(half.cycles - 36 * 8, (whole.cycles - 36 * 8) / 2);
  EXPECT_GT(whole.density_assumed, 0.1);
}

}  // namespace
}  // namespace sluice::test
