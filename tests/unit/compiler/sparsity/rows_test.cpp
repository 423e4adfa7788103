// SPDX-License-Identifier: Apache-2.0
// Rows made from quantiles: thresholds stay in the codes' range, nest, and cut the share of codes they were asked for.
#include "compiler/sparsity/rows.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

const Window kThree{3, 3, 1, 1, 1, 1, 1, 1};

DesignTable rows_of(const IntegerNetwork& network, Engine engine, Random& random, const std::vector<Quantiles>& quantiles) {
  const Design design{network, build_netlist(network, uniform_engines(network, engine)).value()};
  std::vector<RowSample> samples(6);
  for (RowSample& sample : samples) sample.codes = random_codes(random, network);
  RowOptions options;
  options.rows = quantiles;
  DesignTable table = measure_rows(design, "0123456789abcdef", samples, samples, options);
  const auto status = table.validate(design.network, design.netlist, "0123456789abcdef");
  EXPECT_TRUE(status) << status.error().text();
  return table;
}

// A 0/1 shortcut has weights of one magnitude: no quantile may prune them all, nor ask for a code that does not exist.
TEST(Rows, keepALayerWhoseCodesAreAllAlike) {
  Random random(5);
  NetworkMaker make(random, {8, 8, 4});
  make.conv(4, kThree, kNetworkInput);
  const int shortcut = make.conv(8, {1, 1, 2, 2}, make.last());
  IntegerNetwork network = make.finish(3);
  for (std::int16_t& weight : network.layers[std::size_t(shortcut)].weights) weight = weight < 0 ? 0 : 127;
  const DesignTable table = rows_of(network, Engine::pair_sparse, random, {{0, 0}, {0.3, 0.2}, {0.9, 0}});
  for (const TableRow& row : table.rows) {
    EXPECT_LE(row.layers[std::size_t(shortcut)].thresholds.weight, 127) << "row " << row.id;
    EXPECT_GT(row.layers[std::size_t(shortcut)].density_assumed, 0) << "row " << row.id;
  }
}

TEST(Rows, cutTheShareTheyWereAskedForAndNest) {
  Random random(6);
  NetworkMaker make(random, {12, 12, 3});
  make.conv(8, kThree, kNetworkInput);
  const int layer = make.conv(16, kThree, make.last());
  const IntegerNetwork network = make.finish(4);
  const std::vector<Quantiles> quantiles{{0, 0}, {0.2, 0.1}, {0.5, 0.4}, {0.8, 0.7}};
  const DesignTable table = rows_of(network, Engine::pair_sparse, random, quantiles);
  const std::vector<std::int16_t>& weights = network.layers[std::size_t(layer)].weights;
  double nonzero = 0;
  for (const std::int16_t w : weights) nonzero += w != 0;
  for (std::size_t r = 0; r < quantiles.size(); ++r) {
    const TableLayer& entry = table.rows[r].layers[std::size_t(layer)];
    double cut = 0;
    for (const std::int16_t w : weights) cut += w != 0 && std::abs(w) < entry.thresholds.weight;
    // One code holds about 1/127 of the weights.
    EXPECT_NEAR(cut / nonzero, quantiles[r].weight, 0.03) << "row " << r;
    if (r == 0) continue;
    const TableLayer& before = table.rows[r - 1].layers[std::size_t(layer)];
    EXPECT_GE(entry.thresholds.weight, before.thresholds.weight);
    EXPECT_GE(entry.thresholds.activation, before.thresholds.activation);
    EXPECT_LT(entry.density_assumed, before.density_assumed);
  }
}

// Engines that cannot obey get no thresholds.
TEST(Rows, giveAnEngineOnlyWhatItObeys) {
  Random random(7);
  const IntegerNetwork network = random_network(random, 3);
  for (const Engine engine : {Engine::dense, Engine::activation_sparse}) {
    const DesignTable table = rows_of(network, engine, random, {{0, 0}, {0.5, 0.5}});
    for (const TableLayer& layer : table.rows[1].layers) {
      EXPECT_EQ(layer.thresholds.weight, 0) << layer.name;
      if (engine == Engine::dense) {
        EXPECT_EQ(layer.thresholds.activation, 0) << layer.name;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
