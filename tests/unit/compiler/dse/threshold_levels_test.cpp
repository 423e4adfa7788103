// SPDX-License-Identifier: Apache-2.0
// Exploring engines and levels of thresholds at once: within the budget of loss, with a densest row that is fast
// enough, and as fast as an exhaustive walk finds.
#include "compiler/dse/threshold_levels.hpp"

#include <cmath>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/dse/explore.hpp"
#include "tests/unit/compiler/dse/network_shapes.hpp"

namespace sluice {
namespace {

const ResourceModel& board_model() {
  static const ResourceModel known(known_coefficients().value(), bsp::find_board("d5005").value().device);
  return known;
}

LayerDensity density_of(double activation, double weight) {
  LayerDensity density;
  density.activation = activation, density.weight = weight;
  return density;
}

// Three small layers; each has two levels of either kind and one of both.
struct Subject {
  std::vector<LayerSpec> specs;
  std::vector<LayerMenu> menus;
  std::vector<LayerLevels> levels;
};

Subject subject(std::mt19937& random) {
  Subject s;
  const auto one_of = [&](std::initializer_list<int> values) {
    return *(values.begin() + std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random));
  };
  int channels = one_of({4, 8});
  const int size = one_of({8, 12});
  for (int l = 0; l < 3; ++l) {
    LayerSpec spec;
    spec.work.name = fmt::format("l{}", l);
    spec.work.input = {size, size, channels};
    channels = one_of({4, 8, 16});
    spec.work.output = {size, size, channels};
    spec.work.window = {3, 3, 1, 1, 1, 1, 1, 1};
    spec.engines = {KernelKind::conv_dense, KernelKind::conv_activation_sparse, KernelKind::conv_weight_sparse};
    s.specs.push_back(spec);
    MenuOptions options;
    options.most_copies = 2, options.most_filters = 8, options.most_vector_lanes = 16;
    s.menus.push_back(layer_menu(spec, board_model(), options));
    LayerLevels levels{{density_of(0.6, 0.9)}};
    for (const auto& [activation, weight, loss] :
         {std::tuple{0.4, 0.9, 1.0}, {0.2, 0.9, 3.0}, {0.6, 0.6, 1.5}, {0.6, 0.3, 4.0}, {0.4, 0.6, 2.5}}) {
      ThresholdLevel level{density_of(activation, weight), loss};
      level.has_activation_threshold = activation < 0.6, level.has_weight_threshold = weight < 0.9;
      levels.push_back(level);
    }
    s.levels.push_back(std::move(levels));
  }
  return s;
}

struct Option {
  double cycles;  // as candidates.hpp counts
  Resources cost;
};

// Every way, number of copies and level.
std::vector<Option> options_of(const Subject& s, std::size_t layer, double natural_share) {
  std::vector<Option> options;
  for (const LayerWay& way : s.menus[layer].ways) {
    for (int copies = 1; copies <= 2; ++copies) {
      EngineShape shape = way.shape;
      shape.copies = copies;
      const double natural = layer_time(shape, s.specs[layer].work, s.levels[layer][0].density).interval();
      for (const ThresholdLevel& level : s.levels[layer]) {
        if (!level.is_for(shape.kind, shape.group)) continue;
        Resources cost = way.cost(copies);
        cost.loss = level.loss;
        const double taken = layer_time(shape, s.specs[layer].work, level.density).interval();
        options.push_back({std::max(taken, natural_share * natural), cost});
      }
    }
  }
  return options;
}

TEST(ThresholdLevels, are_for_engines_that_obey_all_they_ask) {
  ThresholdLevel level;
  EXPECT_TRUE(level.is_for(KernelKind::conv_dense, 1));
  level.has_activation_threshold = true;
  EXPECT_FALSE(level.is_for(KernelKind::conv_dense, 1));
  EXPECT_TRUE(level.is_for(KernelKind::conv_activation_sparse, 1));
  EXPECT_TRUE(level.is_for(KernelKind::conv_pair_sparse, 1));
  level.has_weight_threshold = true;
  EXPECT_FALSE(level.is_for(KernelKind::conv_activation_sparse, 1));
  EXPECT_FALSE(level.is_for(KernelKind::conv_weight_sparse, 1));
  EXPECT_TRUE(level.is_for(KernelKind::conv_pair_sparse, 1));
  level.has_weight_threshold = false, level.group = 4;
  EXPECT_TRUE(level.is_for(KernelKind::conv_grouped_prefix, 4));
  EXPECT_FALSE(level.is_for(KernelKind::conv_grouped_prefix, 8));
  EXPECT_FALSE(level.is_for(KernelKind::conv_pair_sparse, 1));
}

TEST(ThresholdLevels, designs_are_as_fast_as_an_exhaustive_walk_finds) {
  int feasible = 0, faster = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const Subject s = subject(random);
    const double natural_share = std::uniform_real_distribution<double>(0.3, 1)(random);
    Resources limit;
    limit.alms = std::uniform_real_distribution<double>(5e3, 20e3)(random);
    limit.m20k = 500, limit.dsp_blocks = std::uniform_int_distribution<int>(8, 60)(random), limit.loss = 5;
    const auto fits = [&](const Resources& r) {
      return r.alms <= limit.alms && r.m20k <= limit.m20k && r.dsp_blocks <= limit.dsp_blocks && r.loss <= limit.loss;
    };
    std::vector<std::vector<Option>> options;
    for (std::size_t l = 0; l < 3; ++l) options.push_back(options_of(s, l, natural_share));
    double best = INFINITY;
    for (const Option& a : options[0]) {
      for (const Option& b : options[1]) {
        Resources two = a.cost;
        two += b.cost;
        if (!fits(two) || std::max(a.cycles, b.cycles) >= best) continue;
        for (const Option& c : options[2]) {
          Resources all = two;
          all += c.cost;
          if (fits(all)) best = std::min(best, std::max({a.cycles, b.cycles, c.cycles}));
        }
      }
    }
    const auto found = explore(s.menus, s.levels, limit, {.natural_share = natural_share});
    ASSERT_EQ(bool(found), std::isfinite(best));
    if (!found) continue;
    ++feasible;
    EXPECT_TRUE(fits(found->total));
    EXPECT_GE(found->interval_cycles, best - 1e-9);
    EXPECT_LE(found->interval_cycles, 1.05 * best);
    double natural = 0;
    for (std::size_t l = 0; l < 3; ++l)
      natural =
          std::max(natural, layer_time(found->layers[l].shape, s.specs[l].work, s.levels[l][0].density).interval());
    EXPECT_LE(natural_share * natural, found->interval_cycles * (1 + 1e-12)) << "the densest row";
    limit.loss = 0;
    const auto without = explore(s.menus, s.levels, limit);
    ASSERT_TRUE(without) << without.error().text();
    for (const ChosenLayer& layer : without->layers) EXPECT_EQ(layer.level, 0) << "no loss, no thresholds";
    faster += found->interval_cycles < without->interval_cycles;
    fmt::print("seed {}: {:.3f} of the best, {:.0f} cycles, {:.0f} without thresholds\n", seed,
               found->interval_cycles / best, best, without->interval_cycles);
  }
  EXPECT_GE(feasible, 8);
  EXPECT_GE(faster, 4);
}

}  // namespace
}  // namespace sluice
