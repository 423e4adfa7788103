// SPDX-License-Identifier: Apache-2.0
// What the measurement says of rows: densities and cycles fall as thresholds and prefixes leave out more.
#include "compiler/measure/rows.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "tests/support/quantile_rows.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

using Shares = std::vector<std::pair<double, double>>;  // of weights and activations that a row leaves out

DesignTable rows_of(const IntegerNetwork& network, KernelKind engine, Random& random, const Shares& quantiles) {
  const Design design{network, build_netlist(network, uniform_engines(network, engine)).value()};
  std::vector<RowSample> samples(6);
  std::vector<std::vector<std::int16_t>> pictures;
  for (RowSample& sample : samples) pictures.push_back(sample.codes = random_codes(random, network));
  DesignTable table = measure_rows(design, quantile_rows(design, pictures, quantiles), samples, {});
  table.design_hash = "0123456789abcdef";
  const auto status = table.validate(design.network, design.netlist, "0123456789abcdef");
  EXPECT_TRUE(status) << status.error().text();
  return table;
}

// A 0/1 shortcut has weights of one magnitude: no quantile may prune them all, nor ask for a code that does not exist.
TEST(Rows, keep_a_layer_whose_codes_are_all_alike) {
  Random random(5);
  NetworkMaker make(random, {8, 8, 4});
  make.conv(4, kSame3x3, kNetworkInput);
  const int shortcut = make.conv(8, {1, 1, 2, 2}, make.last());
  IntegerNetwork network = make.finish(3);
  for (std::int16_t& weight : network.layers[std::size_t(shortcut)].weights) weight = weight < 0 ? 0 : 127;
  const DesignTable table = rows_of(network, KernelKind::conv_pair_sparse, random, {{0, 0}, {0.3, 0.2}, {0.9, 0}});
  for (const TableRow& row : table.rows) {
    EXPECT_LE(row.layers[std::size_t(shortcut)].thresholds.weight, 127) << "row " << row.id;
    EXPECT_GT(row.layers[std::size_t(shortcut)].density_assumed, 0) << "row " << row.id;
  }
}

// Means of 1 summed up one by one came to 1.0000000000000007, which no reader of the table takes.
TEST(Rows, a_density_of_one_is_exactly_one) {
  Random random(7);
  NetworkMaker make(random, {4, 4, 3});
  make.conv(4, {1, 1, 1, 1}, kNetworkInput);
  make.conv(4, {1, 1, 1, 1}, make.last());
  IntegerNetwork network = make.finish(3);
  for (Layer& layer : network.layers) {
    for (std::int16_t& weight : layer.weights) weight = weight == 0 ? 1 : weight;
    if (layer.kind == LayerKind::conv) layer.clamp_low = 1;
  }
  const Design design{network, build_netlist(network, uniform_engines(network, KernelKind::conv_pair_sparse)).value()};
  for (const std::size_t pictures : {3u, 6u, 7u, 11u, 49u}) {
    std::vector<RowSample> samples(pictures);
    for (RowSample& sample : samples) sample.codes.assign(random_codes(random, network).size(), 1);
    const DesignTable table = measure_rows(design, dense_table(network, design.netlist, ""), samples, {});
    EXPECT_EQ(table.rows[0].layers[1].density_assumed, 1.0) << pictures << " pictures";
  }
}

TEST(Rows, cut_the_share_they_were_asked_for_and_nest) {
  Random random(6);
  NetworkMaker make(random, {12, 12, 3});
  make.conv(8, kSame3x3, kNetworkInput);
  const int layer = make.conv(16, kSame3x3, make.last());
  const IntegerNetwork network = make.finish(4);
  const Shares quantiles{{0, 0}, {0.2, 0.1}, {0.5, 0.4}, {0.8, 0.7}};
  const DesignTable table = rows_of(network, KernelKind::conv_pair_sparse, random, quantiles);
  const std::vector<std::int16_t>& weights = network.layers[std::size_t(layer)].weights;
  double nonzero = 0;
  for (const std::int16_t w : weights) nonzero += w != 0;
  for (std::size_t r = 0; r < quantiles.size(); ++r) {
    const TableLayer& entry = table.rows[r].layers[std::size_t(layer)];
    double cut = 0;
    for (const std::int16_t w : weights) cut += w != 0 && std::abs(w) < entry.thresholds.weight;
    // One code holds about 1/127 of the weights.
    EXPECT_NEAR(cut / nonzero, quantiles[r].first, 0.03) << "row " << r;
    if (r == 0) continue;
    const TableLayer& before = table.rows[r - 1].layers[std::size_t(layer)];
    EXPECT_GE(entry.thresholds.weight, before.thresholds.weight);
    EXPECT_GE(entry.thresholds.activation, before.thresholds.activation);
    EXPECT_LT(entry.density_assumed, before.density_assumed);
  }
}

// Engines that cannot obey get no thresholds.
TEST(Rows, give_an_engine_only_what_it_obeys) {
  Random random(7);
  const IntegerNetwork network = random_network(random, 3);
  for (const KernelKind engine : {KernelKind::conv_dense, KernelKind::conv_activation_sparse}) {
    const DesignTable table = rows_of(network, engine, random, {{0, 0}, {0.5, 0.5}});
    for (const TableLayer& layer : table.rows[1].layers) {
      EXPECT_EQ(layer.thresholds.weight, 0) << layer.name;
      if (engine == KernelKind::conv_dense) {
        EXPECT_EQ(layer.thresholds.activation, 0) << layer.name;
      }
    }
  }
}

class RowsOfAPrefix : public ::testing::Test {
 protected:
  void SetUp() override {
    NetworkMaker make(random_, {6, 6, 3});
    make.conv(8, {}, make.conv(32, kSame3x3, make.conv(8, kSame3x3, kNetworkInput)));
    const IntegerNetwork network = make.finish(4);
    design_ = {network, build_netlist(network, {{KernelKind::conv_dense},
                                                {KernelKind::conv_grouped_prefix},
                                                {KernelKind::conv_pair_sparse},
                                                {KernelKind::conv_dense},
                                                {KernelKind::conv_dense}})
                            .value()};
    for (int i = 0; i < 12; ++i) pictures_.push_back({random_codes(random_, network)});
  }

  DesignTable rows(const Shares& quantiles) const {
    std::vector<std::vector<std::int16_t>> codes;
    for (const RowSample& picture : pictures_) codes.push_back(picture.codes);
    DesignTable table = measure_rows(design_, quantile_rows(design_, codes, quantiles), pictures_, {});
    table.design_hash = "hash";
    return table;
  }

  Random random_{21};
  Design design_;
  std::vector<RowSample> pictures_;
};

TEST_F(RowsOfAPrefix, the_quantile_of_the_weights_leaves_out_as_many_whole_ranks_as_it_holds) {
  ASSERT_EQ(NetlistIndex(design_.netlist).prefix(1).filters, 8);
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
  // 36 pixels, one pass, 8 cycles of each to fetch the sums, and a header; beats without a code that counts cost the
  // same with any prefix.
  const double beside = 36 * 8 + 1, empty = 2 * half.cycles - whole.cycles - beside;
  EXPECT_GE(empty, 0);
  EXPECT_LE(empty, 36 * 9);
  EXPECT_DOUBLE_EQ(half.cycles - beside - empty, (whole.cycles - beside - empty) / 2);
  EXPECT_GT(whole.density_assumed, 0.1);
}

}  // namespace
}  // namespace sluice::test
