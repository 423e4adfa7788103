// SPDX-License-Identifier: Apache-2.0
// Exploring for one trial's thresholds: as fast as an exhaustive walk finds, whatever was asked before, and no
// threshold for nothing.
#include "compiler/dse/trial_explorer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/compiler/dse/network_shapes.hpp"

namespace sluice {
namespace {

struct TrialSubject {
  std::vector<LayerMenu> menus;
  std::vector<LayerLevels> levels;
  Resources limit;
  TrialGoal goal;
  mutable std::map<std::array<int, 4>, double> known_cycles;
};

// Three small layers with three steps of either kind; pair-sparse engines obey equal steps of both.
TrialSubject subject(unsigned seed) {
  static const ResourceModel model(known_coefficients().value(), bsp::find_board("d5005").value().device);
  std::mt19937 random(seed);
  const auto one_of = [&](std::initializer_list<int> values) {
    return *(values.begin() + std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random));
  };
  TrialSubject s;
  int channels = one_of({4, 8});
  const int size = one_of({8, 12});
  for (int l = 0; l < 3; ++l) {
    LayerSpec spec;
    spec.work.name = fmt::format("l{}", l);
    spec.work.input = {size, size, channels};
    channels = one_of({4, 8, 16});
    spec.work.output = {size, size, channels};
    spec.work.window = {3, 3, 1, 1, 1, 1, 1, 1};
    spec.engines = {KernelKind::conv_dense, KernelKind::conv_activation_sparse, KernelKind::conv_pair_sparse};
    MenuOptions options;
    options.most_copies = 2, options.most_filters = 8, options.most_vector_lanes = 16;
    s.menus.push_back(layer_menu(spec, model, options));
    LayerLevels levels(1);
    levels[0].density.activation = 0.6, levels[0].density.weight = 0.9;
    for (int step = 1; step <= 3; ++step) {
      for (const auto& [has_weights, has_activations] : {std::pair{true, false}, {false, true}, {true, true}}) {
        ThresholdLevel level = levels[0];
        level.has_weight_threshold = has_weights, level.has_activation_threshold = has_activations;
        if (has_weights) level.density.weight -= 0.25 * step, level.step.weights = step, level.loss += step;
        if (has_activations)
          level.density.activation -= 0.18 * step, level.step.activations = step, level.loss += 1.5 * step;
        levels.push_back(level);
      }
    }
    s.levels.push_back(std::move(levels));
  }
  s.limit.alms = std::uniform_real_distribution<double>(8e3, 25e3)(random);
  s.limit.m20k = 500, s.limit.dsp_blocks = std::uniform_int_distribution<int>(8, 60)(random);
  return s;
}

std::vector<Allowance> allowances_of(const TrialSubject& s, std::mt19937& random) {
  std::uniform_int_distribution<int> step(0, 3);
  std::vector<Allowance> all;
  for (std::size_t l = 0; l < s.menus.size(); ++l) all.push_back({step(random), step(random)});
  return all;
}

double own_cycles(const TrialSubject& s, std::size_t layer, int way, int copies, int level) {
  const auto [known, is_new] = s.known_cycles.try_emplace({int(layer), way, copies, level}, 0);
  if (is_new) {
    EngineShape shape = s.menus[layer].ways[std::size_t(way)].shape;
    shape.copies = copies;
    known->second = layer_time(shape, s.menus[layer].spec.work, s.levels[layer][std::size_t(level)].density).interval();
  }
  return known->second;
}

struct TrialOption {
  double cycles;
  Resources cost;
};

bool needs_less(const TrialOption& a, const TrialOption& b) {
  return a.cost.alms <= b.cost.alms && a.cost.m20k <= b.cost.m20k && a.cost.dsp_blocks <= b.cost.dsp_blocks;
}

// The least interval of any ways and copies within the allowances.
double exhaustive(const TrialSubject& s, const std::vector<Allowance>& allowances) {
  std::vector<std::vector<TrialOption>> options(3);
  for (std::size_t l = 0; l < 3; ++l) {
    for (std::size_t w = 0; w < s.menus[l].ways.size(); ++w) {
      const LayerWay& way = s.menus[l].ways[w];
      for (int copies = 1; copies <= 2; ++copies) {
        if (own_cycles(s, l, int(w), copies, 0) > s.goal.most_natural) continue;
        double cycles = INFINITY;
        for (std::size_t v = 0; v < s.levels[l].size(); ++v) {
          const ThresholdLevel& level = s.levels[l][v];
          if (level.is_within(allowances[l]) && level.is_for(way.shape.kind, way.shape.group))
            cycles = std::min(cycles, own_cycles(s, l, int(w), copies, int(v)));
        }
        options[l].push_back({cycles, way.cost(copies)});
      }
    }
    std::sort(options[l].begin(), options[l].end(),
              [](const TrialOption& a, const TrialOption& b) { return a.cycles < b.cycles; });
    std::vector<TrialOption> useful;
    for (const TrialOption& option : options[l]) {
      if (std::none_of(useful.begin(), useful.end(),
                       [&](const TrialOption& other) { return needs_less(other, option); }))
        useful.push_back(option);
    }
    options[l] = std::move(useful);
  }
  const auto fits = [&](const Resources& r) {
    return r.alms <= s.limit.alms && r.m20k <= s.limit.m20k && r.dsp_blocks <= s.limit.dsp_blocks;
  };
  double best = INFINITY;
  for (const TrialOption& a : options[0]) {
    if (a.cycles >= best) break;
    for (const TrialOption& b : options[1]) {
      if (b.cycles >= best) break;
      Resources two = a.cost;
      two += b.cost;
      if (!fits(two)) continue;
      for (const TrialOption& c : options[2]) {  // by their cycles
        if (c.cycles >= best) break;
        Resources all = two;
        all += c.cost;
        if (!fits(all)) continue;
        best = std::max({a.cycles, b.cycles, c.cycles});
        break;
      }
    }
  }
  return best;
}

TEST(TrialExplorer, finds_what_an_exhaustive_walk_finds_and_allows_nothing_in_vain) {
  int feasible = 0;
  double worst = 1, sum = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    TrialSubject s = subject(seed);
    if (seed % 2 == 0) s.goal.most_natural = 1.1 * exhaustive(s, std::vector<Allowance>(3));
    TrialExplorer explorer(s.menus, s.levels, s.limit, s.goal);
    std::mt19937 random(seed);
    for (int trial = 0; trial < 4; ++trial) {
      const std::vector<Allowance> allowances = allowances_of(s, random);
      const double best = exhaustive(s, allowances);
      const TrialDesign found = explorer.explore(allowances);
      EXPECT_TRUE(!found.fits() || std::isfinite(best));
      if (!found.fits()) continue;
      ++feasible;
      EXPECT_LE(fullest(found.shares), 1 + 1e-9);
      EXPECT_GE(found.interval, best - 1e-9);
      worst = std::max(worst, found.interval / best), sum += found.interval / best;
      double slowest = 0, loss = 0;
      for (std::size_t l = 0; l < 3; ++l) {
        const TrialLayer& layer = found.layers[l];
        const ThresholdLevel& level = s.levels[l][std::size_t(layer.level)];
        EXPECT_TRUE(level.is_within(allowances[l]));
        EXPECT_EQ(own_cycles(s, l, layer.way, layer.copies, layer.level), layer.cycles);
        EXPECT_LE(own_cycles(s, l, layer.way, layer.copies, 0), s.goal.most_natural);
        slowest = std::max(slowest, layer.cycles), loss += level.loss;
        for (std::size_t v = 0; v < s.levels[l].size(); ++v) {
          const ThresholdLevel& other = s.levels[l][v];
          const EngineShape& shape = s.menus[l].ways[std::size_t(layer.way)].shape;
          if (other.loss < level.loss && other.is_within(allowances[l]) && other.is_for(shape.kind, shape.group))
            EXPECT_GT(own_cycles(s, l, layer.way, layer.copies, int(v)), found.interval) << "loses less and fits";
        }
      }
      EXPECT_LE(slowest, found.interval);
      EXPECT_DOUBLE_EQ(loss, found.loss);
    }
  }
  // Prices and single exchanges: of three layers one is a large part of the budget.
  fmt::print("{} explorations, {:.4f} of the best on average, at worst {:.3f}\n", feasible, sum / feasible, worst);
  EXPECT_GE(feasible, 30);
  EXPECT_LE(sum / feasible, 1.005);
  EXPECT_LE(worst, 1.05);
}

TEST(TrialExplorer, answers_the_same_whatever_was_asked_before) {
  const TrialSubject s = subject(3);
  TrialExplorer one(s.menus, s.levels, s.limit, s.goal);
  std::mt19937 random(5);
  std::vector<std::vector<Allowance>> asked;
  std::vector<TrialDesign> found;
  for (int trial = 0; trial < 40; ++trial) {
    asked.push_back(allowances_of(s, random));
    found.push_back(one.explore(asked.back()));
  }
  TrialExplorer other(s.menus, s.levels, s.limit, s.goal);
  for (std::size_t trial = asked.size(); trial-- > 0;) {
    const TrialDesign again = other.explore(asked[trial]);
    EXPECT_EQ(again.interval, found[trial].interval) << trial;
    EXPECT_EQ(again.shares, found[trial].shares) << trial;
    EXPECT_EQ(again.loss, found[trial].loss) << trial;
  }
}

TEST(TrialExplorer, has_no_design_where_nothing_fits) {
  TrialSubject s = subject(1);
  s.limit.dsp_blocks = 1, s.limit.alms = 100;
  TrialExplorer explorer(s.menus, s.levels, s.limit, s.goal);
  const TrialDesign found = explorer.explore(explorer.most());
  EXPECT_FALSE(found.fits());
  EXPECT_TRUE(std::isinf(found.interval));
}

}  // namespace
}  // namespace sluice
