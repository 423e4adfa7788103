// SPDX-License-Identifier: Apache-2.0
// Every way of every menu can be built, costs what the kernels built from it cost, and takes the cycles that their
// streams do; designs keep budget and kernels; measured densities give the cycles that the counters count.
#include "compiler/dse/network_design.hpp"

#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/dse/measured_density.hpp"
#include "compiler/model/engine_memories.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/simulate/layer_cycles.hpp"
#include "tests/support/known_shapes.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

const bsp::Board& board() {
  static const bsp::Board known = bsp::find_board("d5005").value();
  return known;
}

const ResourceModel& model() {
  static const ResourceModel known(known_coefficients().value(), board().device);
  return known;
}

class NetworkDesignSeeds : public ::testing::TestWithParam<int> {
 protected:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

  // A way for each layer, any of its menu, with any copies it allows.
  Exploration any_ways(const std::vector<LayerMenu>& menus, int most_copies) {
    Exploration chosen;
    for (const LayerMenu& menu : menus) {
      const LayerWay& way = menu.ways[std::size_t(pick(0, int(menu.ways.size()) - 1))];
      ChosenLayer layer{way.shape, 0, {}};
      layer.shape.copies = pick(1, std::min(most_copies, way.most_copies));
      layer.cost = way.cost(layer.shape.copies);
      chosen.layers.push_back(layer);
    }
    return chosen;
  }

  Random random{std::uint64_t(GetParam())};
  IntegerNetwork network = random_network(random, 2 + GetParam() % 4, GetParam() % 4 == 0 ? 16 : 8);
};

int width_kernels(const Netlist& netlist, int layer) {
  int count = 0;
  for (const Kernel& kernel : netlist.kernels) count += kernel.layer == layer && kernel.kind == KernelKind::width;
  return count;
}

// ALMs of the queues in which a layer's sparse engines send their records; menus leave them out.
double record_alms(const Netlist& netlist, int layer) {
  double alms = 0;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer != layer || !is_sparse(kernel.kind)) continue;
    const Stream& record = netlist.streams[std::size_t(kernel.outputs[1])];
    alms += model().queue(queue_of(record.lanes, record.element_bits, record.depth)).alms;
  }
  return alms;
}

TEST_P(NetworkDesignSeeds, any_way_can_be_built_and_costs_what_is_built) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const auto menus = network_menus(network, model());
  for (int round = 0; round < 8; ++round) {
    const Exploration chosen = any_ways(menus, 4);
    const LayerConfigs configs = configs_of(network, chosen);
    for (std::size_t i = 0; i < configs.size(); ++i) {
      const auto status = check_layer_config(network, int(i), configs[i]);
      ASSERT_TRUE(status) << status.error().text();
    }
    auto netlist = build_netlist(network, configs);
    ASSERT_TRUE(netlist) << netlist.error().text();
    const NetlistResources built = netlist_resources(network, *netlist, model());
    Resources sum = built.shared;
    for (std::size_t i = 0; i < configs.size(); ++i) {
      const Layer& layer = network.layers[i];
      const ChosenLayer& thought = chosen.layers[i];
      const std::string what =
          fmt::format("{}: {} M={} N={} O={} E={} G={} P={} taps={} in={} L={}", layer.name,
                      to_text(thought.shape.kind), thought.shape.vector_lanes, thought.shape.pairs,
                      thought.shape.filters, thought.shape.copies, thought.shape.group, thought.shape.pixels,
                      thought.shape.taps, thought.shape.in_lanes, thought.shape.out_lanes);
      sum += built.layers[i];
      const Resources& cost = built.layers[i];
      const int widths = width_kernels(*netlist, int(i));
      EXPECT_EQ(cost.multipliers, thought.cost.multipliers) << what;
      EXPECT_EQ(cost.kernels - widths, thought.cost.kernels) << what;
      EXPECT_EQ(cost.dsp_blocks, thought.cost.dsp_blocks) << what;
      // Streams are deeper at joins and copies. A taps kernel takes what arrives.
      if (widths == 0 &&
          !(thought.shape.kind == KernelKind::conv_pair_sparse && layer.window.kernel_h * layer.window.kernel_w > 1)) {
        EXPECT_NEAR(thought.cost.alms, cost.alms - record_alms(*netlist, int(i)), 0.1 * cost.alms) << what;
      }
    }
    EXPECT_NEAR(sum.alms, built.total.alms, 1e-6 * sum.alms);
    EXPECT_EQ(built.total.kernels, double(netlist->kernels.size()));
  }
}

// The busiest kernel of a layer works as long as the model says, but for a few beats at the lower edge of a map.
TEST_P(NetworkDesignSeeds, dense_cycles_are_those_of_the_kernels) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const auto menus = network_menus(network, model(), {KernelKind::conv_dense});
  for (int round = 0; round < 8; ++round) {
    const Exploration chosen = any_ways(menus, 4);
    const Netlist netlist = build_netlist(network, configs_of(network, chosen)).value();
    const auto cycles = simulate::LayerCycles({network, netlist});
    for (std::size_t i = 0; i < menus.size(); ++i) {
      if (width_kernels(netlist, int(i)) > 0) continue;  // what arrives in other lanes takes its own time
      const LayerTime time = layer_time(chosen.layers[i].shape, menus[i].spec.work);
      // The schedules also count headers, two where a kernel's loops are nested.
      const double scheduled = cycles.fixed(int(i)), thought = std::max({time.op, time.in, time.out, time.window});
      EXPECT_GE(scheduled, thought) << network.layers[i].name << " " << to_text(chosen.layers[i].shape.kind);
      EXPECT_LE(scheduled, thought + 2 + chosen.layers[i].shape.copies)
          << network.layers[i].name << " " << to_text(chosen.layers[i].shape.kind);
    }
  }
}

TEST_P(NetworkDesignSeeds, measured_densities_give_the_counted_cycles) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const auto menus =
      network_menus(network, model(),
                    {KernelKind::conv_activation_sparse, KernelKind::conv_grouped_prefix, KernelKind::conv_pair_sparse,
                     KernelKind::conv_weight_sparse, KernelKind::conv_dense});
  PictureCodes pictures;
  for (int p = 0; p < 4; ++p) pictures.push_back(random_codes(random, network));
  auto densities = measured_densities(network, menus, pictures);
  ASSERT_TRUE(densities) << densities.error().text();
  const Evaluator evaluator(network);
  for (int round = 0; round < 4; ++round) {
    const Exploration chosen = any_ways(menus, 1);
    const Design design{network, build_netlist(network, configs_of(network, chosen)).value()};
    const CounterModel counting(design, {});
    std::vector<double> busy(menus.size(), 0);
    for (const auto& codes : pictures) {
      for (const LayerCounters& c : counting.count(evaluator, evaluator.evaluate(codes)))
        busy[std::size_t(c.layer)] += double(c.busy_cycles) / double(pictures.size());
    }
    for (std::size_t i = 0; i < menus.size(); ++i) {
      const EngineShape& shape = chosen.layers[i].shape;
      if (busy[i] == 0) continue;
      const double op = layer_time(shape, menus[i].spec.work, (*densities)[i]).op;
      // What a tile waits for comes on top of the engine's own work.
      EXPECT_GE(op, (1 - 1e-6) * busy[i]) << network.layers[i].name << " " << to_text(shape.kind);
      if (shape.kind != KernelKind::conv_weight_sparse) {
        EXPECT_LE(op, (1 + 1e-6) * busy[i]) << network.layers[i].name << " " << to_text(shape.kind);
      }
    }
  }
}

TEST_P(NetworkDesignSeeds, designs_keep_budget_and_kernels) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const auto menus = network_menus(network, model());
  const auto densities = assumed_densities(network, 0.5);
  double last = INFINITY;
  for (const double share : {0.1, 0.4, 1.0}) {
    Resources budget = budget_of(board()) * share;
    budget.kernels = 40 + 200 * share;
    auto design = design_network(network, menus, densities, model(), budget);
    ASSERT_TRUE(design) << design.error().text();
    for (const double used : shares_of(design->resources.total, budget)) EXPECT_LE(used, 1);
    EXPECT_LE(double(design->netlist.kernels.size()), budget.kernels);
    EXPECT_LE(design->exploration.interval_cycles, 1.1 * last);
    last = design->exploration.interval_cycles;
  }
}

// A choice of engines never costs rate, whatever the search does.
TEST_P(NetworkDesignSeeds, mixed_designs_are_never_behind_those_of_one_engine) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const auto mixed_menus = network_menus(network, model()),
             dense_menus = network_menus(network, model(), {KernelKind::conv_dense});
  auto densities = assumed_densities(network, 0.3);
  for (const double share : {0.05, 0.12, 0.3}) {
    Resources budget = budget_of(board()) * share;
    budget.kernels = 60 + 200 * share;
    auto mixed = design_network(network, mixed_menus, densities, model(), budget);
    for (const KernelKind engine :
         {KernelKind::conv_dense, KernelKind::conv_activation_sparse, KernelKind::conv_weight_sparse,
          KernelKind::conv_grouped_prefix, KernelKind::conv_pair_sparse}) {
      auto menus = network_menus(network, model(), {engine});
      for (std::size_t i = 0; i < menus.size(); ++i) {
        if (menus[i].ways.empty()) menus[i] = dense_menus[i];
      }
      auto single = design_network(network, menus, densities, model(), budget);
      if (!single) continue;
      ASSERT_TRUE(mixed) << mixed.error().text();
      EXPECT_LE(mixed->exploration.interval_cycles, single->exploration.interval_cycles) << to_text(engine);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, NetworkDesignSeeds, ::testing::Range(1, 9));

// Shared requantisers save DSP blocks and logic, and take a kernel: they are chosen where that pays, and never cost a
// design its rate.
TEST(NetworkDesign, shared_requantisers_are_chosen_where_they_pay) {
  Random random(1);
  const IntegerNetwork network = squeezenet(random, 64);
  const auto menus = network_menus(network, model(), {KernelKind::conv_activation_sparse});
  auto own_menus = menus;
  for (LayerMenu& menu : own_menus) std::erase_if(menu.ways, [](const LayerWay& way) { return way.shape.sends_sums; });
  const auto densities = assumed_densities(network, 0.3);
  auto shared = design_network(network, menus, densities, model(), budget_of(board()));
  auto own = design_network(network, own_menus, densities, model(), budget_of(board()));
  ASSERT_TRUE(shared) << shared.error().text();
  ASSERT_TRUE(own) << own.error().text();
  EXPECT_LE(shared->exploration.interval_cycles, own->exploration.interval_cycles);
  int sharing = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const EngineShape& shape = shared->exploration.layers[i].shape;
    EXPECT_EQ(shape.sends_sums, shape.out_lanes < shape.filters) << i;
    EXPECT_EQ(shared->configs[i].lanes, shape.sends_sums ? shape.out_lanes : 0) << i;
    sharing += shape.sends_sums;
  }
  const auto built = std::count_if(shared->netlist.kernels.begin(), shared->netlist.kernels.end(),
                                   [](const Kernel& kernel) { return kernel.kind == KernelKind::requantise; });
  EXPECT_EQ(built, sharing);
  fmt::print("{} of {} layers share requantisers: {:.0f} cycles, without {:.0f}\n", sharing, network.layers.size(),
             shared->exploration.interval_cycles, own->exploration.interval_cycles);
}

TEST(NetworkDesign, known_networks_are_built_within_240_kernels) {
  Random random(1);
  const bsp::Board large = bsp::find_board("ia840f").value();
  for (const IntegerNetwork& network : {resnet50(random, 64), mobilenet_v3_large(random, 64), squeezenet(random, 64)}) {
    const auto menus = network_menus(network, model());
    auto design = design_network(network, menus, assumed_densities(network, 0.5), model(), budget_of(large));
    ASSERT_TRUE(design) << network.name << ": " << design.error().text();
    EXPECT_LE(design->netlist.kernels.size(), 240u);
    fmt::print("{} layers: {} kernels, {:.0f} cycles, {:.0f} multipliers, {:.0f} ALMs\n", network.layers.size(),
               design->netlist.kernels.size(), design->exploration.interval_cycles, design->resources.total.multipliers,
               design->resources.total.alms);
  }
}

TEST(NetworkDesign, what_does_not_fit_is_said) {
  Random random(1);
  const IntegerNetwork network = random_network(random, 4);
  const auto menus = network_menus(network, model());
  Resources budget = budget_of(board()) * 0.01;
  budget.kernels = 240;
  auto design = design_network(network, menus, assumed_densities(network, 0.5), model(), budget);
  ASSERT_FALSE(design);
  ASSERT_NE(design.no_design(), nullptr) << design.error().text();
  EXPECT_THAT(design.no_design()->text, HasSubstr("times the ALMs"));
  EXPECT_GT(design.no_design()->short_of.at(0).needed, design.no_design()->short_of.at(0).available);
}

// What is wrong with the input of an exploration is no board that is too small.
TEST(NetworkDesign, errors_are_not_taken_for_what_does_not_fit) {
  Random random(1);
  const IntegerNetwork network = random_network(random, 4);
  const auto menus = network_menus(network, model());
  auto densities = assumed_densities(network, 0.5);
  densities.pop_back();
  auto design = design_network(network, menus, densities, model(), budget_of(board()));
  ASSERT_FALSE(design);
  EXPECT_EQ(design.no_design(), nullptr);
  EXPECT_EQ(design.error().fault(), Fault::bug);
}

TEST(NetworkDesign, a_rate_that_memory_cannot_feed_is_no_design) {
  Random random(1);
  const IntegerNetwork network = squeezenet(random, 64);
  const auto menus = network_menus(network, model(), {KernelKind::conv_activation_sparse});
  const auto densities = assumed_densities(network, 0.5);
  const double interval = 1e6;
  auto free = design_network(network, menus, densities, model(), budget_of(board()), {.target_interval = interval});
  ASSERT_TRUE(free) << free.error().text();
  // The records of counters come on top of pictures and scores, and are known when the netlist stands.
  const double bytes = memory_bytes_per_image(free->netlist);
  ASSERT_GT(bytes, 1.01 * memory_bytes_per_image(network));
  auto fed = design_network(network, menus, densities, model(), budget_of(board()), {interval, bytes / interval});
  EXPECT_TRUE(fed) << fed.error().text();
  auto starved =
      design_network(network, menus, densities, model(), budget_of(board()), {interval, 0.995 * bytes / interval});
  ASSERT_FALSE(starved);
  ASSERT_NE(starved.no_design(), nullptr);
  EXPECT_EQ(starved.no_design()->short_of.at(0).resource, "memory cycles an image");
  EXPECT_NEAR(starved.no_design()->short_of.at(0).needed, interval / 0.995, 1);
}

}  // namespace
}  // namespace sluice::test
