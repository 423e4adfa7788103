// SPDX-License-Identifier: Apache-2.0
// A design table survives its file, and one that the design cannot obey is refused with a sentence.
#include "runtime/bundle/table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

class TableOfAllEngines : public ::testing::Test {
 protected:
  void SetUp() override {
    Random random(3);
    NetworkMaker make(random, {6, 6, 2});
    make.conv(
        4, kSame3x3,
        make.conv(32, kSame3x3, make.conv(4, kSame3x3, make.conv(4, kSame3x3, make.conv(4, kSame3x3, kNetworkInput)))));
    network = make.finish(3);
    auto built = build_netlist(network, {{KernelKind::conv_dense},
                                         {KernelKind::conv_activation_sparse},
                                         {KernelKind::conv_pair_sparse},
                                         {KernelKind::conv_grouped_prefix},
                                         {KernelKind::conv_weight_sparse},
                                         {KernelKind::conv_dense},
                                         {KernelKind::conv_dense}});
    ASSERT_TRUE(built) << built.error().text();
    netlist = *built;
    table = dense_table(network, netlist, "hash");
    TableRow row = table.rows[0];
    row.id = 1;
    row.layers[1].thresholds.activation = 5;
    row.layers[2].thresholds = {7, 9};
    row.layers[3].thresholds.activation = 4;
    row.layers[3].k = 5;
    row.layers[4].thresholds.weight = 11;
    table.rows.push_back(row);
  }

  // The table must be refused, and the sentence must hold `words`.
  void expect_refused(const DesignTable& bad, const std::string& words, const std::string& hash = "hash") {
    const Status status = bad.validate(network, netlist, hash);
    ASSERT_FALSE(status) << "accepted; expected: " << words;
    EXPECT_EQ(status.error().fault(), Fault::user);
    EXPECT_NE(status.error().text().find(words), std::string::npos) << status.error().text();
  }

  IntegerNetwork network;
  Netlist netlist;
  DesignTable table;
};

TEST_F(TableOfAllEngines, is_accepted_and_read_back_equal) {
  ASSERT_TRUE(table.validate(network, netlist, "hash"));
  auto again = table_from_json(table_to_json(table));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(table_to_json(*again), table_to_json(table));
  EXPECT_EQ(again->thresholds(network, netlist, 1)[2], (Thresholds{7, 9}));
  EXPECT_EQ(again->thresholds(network, netlist, 1)[3], (Thresholds{0, 4, {5, 8, 4}}))
      << "5 of 8 filters, on 4 multipliers";
  EXPECT_EQ(again->thresholds(network, netlist, 1)[4], (Thresholds{11, 0}));
  EXPECT_EQ(again->thresholds(network, netlist, 1)[0], (Thresholds{}));
}

TEST_F(TableOfAllEngines, refuses_what_the_engine_cannot_use) {
  DesignTable bad = table;
  bad.rows[1].layers[0].thresholds.activation = 3;
  expect_refused(bad, "engine dense cannot skip activations");
  bad = table;
  bad.rows[1].layers[1].thresholds.weight = 3;
  expect_refused(bad, "engine activation_sparse cannot skip weights");
  bad = table;
  bad.rows[1].layers[4].thresholds.activation = 1;
  expect_refused(bad, "engine weight_sparse cannot skip activations");
  bad = table;
  bad.rows[1].layers[2].k = 2;
  expect_refused(bad, "k = 2, but the engine pair_sparse cannot rank weights; grouped_prefix can");
  bad = table;
  bad.rows[1].layers[3].thresholds.weight = 3;
  expect_refused(bad, "engine grouped_prefix cannot skip weights");
}

TEST_F(TableOfAllEngines, k_is_a_number_of_filters_of_one_multiplier) {
  for (const int k : {-1, 9}) {
    DesignTable bad = table;
    bad.rows[1].layers[3].k = k;
    expect_refused(bad, fmt::format("k = {} is outside 0..8", k));
  }
  for (const int all : {0, 8}) {
    table.rows[0].layers[3].k = all;
    EXPECT_TRUE(table.validate(network, netlist, "hash")) << all;
    EXPECT_EQ(table.thresholds(network, netlist, 0)[3], Thresholds{}) << "all filters are no prefix";
  }
  table.rows[0].layers[3].k = 7;
  expect_refused(table, "row 0 is the densest; 0 and 8 are possible");
}

TEST_F(TableOfAllEngines, refuses_thresholds_outside_the_codes) {
  for (const int value : {-1, 128}) {
    DesignTable bad = table;
    bad.rows[1].layers[2].thresholds.weight = value;
    expect_refused(bad, "outside the codes' range 0..127");
  }
}

TEST_F(TableOfAllEngines, thresholds_are_as_wide_as_what_a_layer_reads) {
  const int reader = 2;
  network.layers[std::size_t(network.layers[reader].inputs[0])].output_bits = 16;
  table.rows[1].layers[reader].thresholds.activation = 32767;
  EXPECT_TRUE(table.validate(network, netlist, "hash"));
  table.rows[1].layers[reader].thresholds.activation = 32768;
  expect_refused(table, "tau_a = 32768 is outside the codes' range 0..32767");
  table.rows[1].layers[reader].thresholds = {128, 9};
  expect_refused(table, "tau_w = 128 is outside the codes' range 0..127");
}

TEST_F(TableOfAllEngines, refuses_rows_that_are_not_in_order_or_too_many) {
  DesignTable bad = table;
  bad.rows[0].layers[2].thresholds.activation = 2;
  expect_refused(bad, "row 0");
  bad = table;
  bad.rows[1].id = 2;
  expect_refused(bad, "ids count from 0");
  bad = table;
  bad.rows[1].layers.pop_back();
  expect_refused(bad, "missing");
  bad = table;
  for (int id = 2; id < 17; ++id) {
    bad.rows.push_back(table.rows[1]);
    bad.rows.back().id = id;
  }
  expect_refused(bad, "17 rows");
}

TEST_F(TableOfAllEngines, refuses_another_design_and_an_unknown_version) {
  expect_refused(table, "plan the table for this design", "another");
  std::string text = table_to_json(table);
  text.replace(text.find("\"version\": 1"), 12, "\"version\": 9");
  const auto read = table_from_json(text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text().find("version 9"), std::string::npos) << read.error().text();
}

}  // namespace
}  // namespace sluice::test
