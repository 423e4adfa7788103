// SPDX-License-Identifier: Apache-2.0
// Designs keep their budget, trim what is not slowest, and beat or equal every design that an exhaustive walk finds.
#include "compiler/dse/explore.hpp"

#include <cmath>
#include <ctime>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/compiler/dse/network_shapes.hpp"

namespace sluice {
namespace {

using ::testing::HasSubstr;

const ResourceModel& model() {
  static const ResourceModel known(known_coefficients().value(), bsp::find_board("d5005").value().device);
  return known;
}

std::vector<LayerMenu> menus_of(const std::vector<LayerSpec>& specs, const MenuOptions& options = {}) {
  std::vector<LayerMenu> menus;
  for (const LayerSpec& spec : specs) menus.push_back(layer_menu(spec, model(), options));
  return menus;
}

std::vector<LayerDensity> densities_of(const std::vector<LayerSpec>& specs, double activation, double weight) {
  std::vector<LayerDensity> all;
  for (const LayerSpec& spec : specs) {
    LayerDensity density{spec.is_first ? 1 : activation, weight};
    density.group_kept = weight;
    all.push_back(density);
  }
  return all;
}

// What most tests explore.
struct Large {
  std::vector<LayerSpec> specs = testing::mobilenet_v3_large_shapes();
  std::vector<LayerDensity> densities = densities_of(specs, 0.5, 0.7);
  std::vector<LayerMenu> menus = menus_of(specs);
};

const Large& large() {
  static const Large known;
  return known;
}

Resources budget(double alms, double m20k, double dsp_blocks) {
  Resources r;
  r.alms = alms, r.m20k = m20k, r.dsp_blocks = dsp_blocks;
  return r;
}

void expect_consistent(const Exploration& found, const std::vector<LayerSpec>& specs,
                       const std::vector<LayerDensity>& densities) {
  ASSERT_EQ(found.layers.size(), specs.size());
  Resources sum;
  double slowest = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    EngineShape shape = found.layers[i].shape;
    shape.prefix = std::max(1, int(std::ceil(shape.group * densities[i].group_kept - 1e-9)));
    EXPECT_DOUBLE_EQ(found.layers[i].cycles, layer_time(shape, specs[i].work, densities[i]).interval()) << i;
    slowest = std::max(slowest, found.layers[i].cycles);
    sum += found.layers[i].cost;
  }
  EXPECT_DOUBLE_EQ(found.interval_cycles, slowest);
  EXPECT_DOUBLE_EQ(found.layers.at(std::size_t(found.slowest)).cycles, slowest);
  EXPECT_NEAR(found.total.alms, sum.alms, 1e-6 * sum.alms);
  EXPECT_NEAR(found.total.dsp_blocks, sum.dsp_blocks, 1e-6);
}

TEST(Explore, designs_keep_the_budget_and_use_it) {
  const auto& [specs, densities, menus] = large();
  double last = INFINITY;
  for (const double alms : {200e3, 400e3, 800e3}) {
    const Resources limit = budget(alms, 8000, 5000);
    const auto found = explore(menus, densities, limit);
    ASSERT_TRUE(found) << found.error().text();
    expect_consistent(found.value(), specs, densities);
    EXPECT_LE(found.value().total.alms, limit.alms);
    EXPECT_LE(found.value().total.m20k, limit.m20k);
    EXPECT_LE(found.value().total.dsp_blocks, limit.dsp_blocks);
    EXPECT_LE(found.value().interval_cycles, last);
    last = found.value().interval_cycles;
  }
}

TEST(Explore, a_target_rate_costs_less_than_the_highest) {
  const auto& [specs, densities, menus] = large();
  const Resources limit = budget(2e6, 20000, 20000);
  const auto fastest = explore(menus, densities, limit);
  ASSERT_TRUE(fastest) << fastest.error().text();
  double last = fastest.value().total.alms;
  for (const double factor : {1.5, 3.0, 10.0}) {
    ExploreGoal goal;
    goal.target_interval = factor * fastest.value().interval_cycles;
    const auto found = explore(menus, densities, limit, goal);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_LE(found.value().interval_cycles, goal.target_interval);
    EXPECT_LT(found.value().total.alms, last);
    last = found.value().total.alms;
  }
}

// What memory cannot feed is not built: as small as the same interval asked for.
TEST(Explore, nothing_is_spent_beyond_what_memory_allows) {
  const auto& [specs, densities, menus] = large();
  const Resources limit = budget(2e6, 20000, 20000);
  const auto fastest = explore(menus, densities, limit);
  ASSERT_TRUE(fastest) << fastest.error().text();
  ExploreGoal goal;
  goal.least_interval = 5 * fastest.value().interval_cycles;
  const auto fed = explore(menus, densities, limit, goal);
  ASSERT_TRUE(fed) << fed.error().text();
  EXPECT_DOUBLE_EQ(fed.value().interval_cycles, goal.least_interval);
  EXPECT_EQ(fed.value().slowest, -1);
  EXPECT_LT(fed.value().total.alms, 0.5 * fastest.value().total.alms);
  goal.target_interval = 0.9 * goal.least_interval;
  const auto starved = explore(menus, densities, limit, goal);
  ASSERT_NE(starved.no_design(), nullptr);
  EXPECT_THAT(starved.no_design()->text, HasSubstr("memory"));
}

// A limit of MLABs that binds: the exploration keeps it, with other ways, at a slower rate or in other resources.
TEST(Explore, mlabs_are_a_limit_of_their_own) {
  const auto& [specs, densities, menus] = large();
  Resources limit = budget(800e3, 8000, 5000);
  const auto free = explore(menus, densities, limit);
  ASSERT_TRUE(free) << free.error().text();
  ASSERT_GT(free.value().total.mlab, 0);
  limit.mlab = 10 * free.value().total.mlab;
  const auto enough = explore(menus, densities, limit);
  ASSERT_TRUE(enough) << enough.error().text();
  EXPECT_EQ(enough.value().interval_cycles, free.value().interval_cycles)
      << "a limit that does not bind changes nothing";
  EXPECT_EQ(enough.value().total.alms, free.value().total.alms);
  limit.mlab = 0.9 * free.value().total.mlab;
  const auto fewer = explore(menus, densities, limit);
  ASSERT_TRUE(fewer) << fewer.error().text();
  EXPECT_LE(fewer.value().total.mlab, limit.mlab);
  limit.mlab = 1;
  const auto none = explore(menus, densities, limit);
  ASSERT_NE(none.no_design(), nullptr);
  EXPECT_THAT(none.no_design()->text, HasSubstr("times the MLABs"));
}

TEST(Explore, what_cannot_be_done_is_said) {
  const auto& [specs, densities, menus] = large();
  const auto small = explore(menus, densities, budget(1000, 8000, 5000));
  ASSERT_NE(small.no_design(), nullptr);
  EXPECT_THAT(small.no_design()->text, HasSubstr("times the ALMs"));
  EXPECT_EQ(small.no_design()->short_of.at(0).available, 1000);
  ExploreGoal goal;
  goal.target_interval = 10;
  const auto fast = explore(menus, densities, budget(1e9, 1e9, 1e9), goal);
  ASSERT_NE(fast.no_design(), nullptr);
  EXPECT_THAT(fast.no_design()->text, HasSubstr("10 cycles"));
  auto strict = specs;
  strict[1].work.kind = LayerKind::conv, strict[1].engines = {KernelKind::window};
  const auto impossible = explore(menus_of(strict), densities, budget(1e9, 1e9, 1e9));
  EXPECT_EQ(impossible.no_design(), nullptr) << "no board helps";
  EXPECT_THAT(impossible.error().text(), HasSubstr("allow dense"));
}

// Small enough to try every combination of ways and copies.
TEST(Explore, nothing_that_fits_is_much_faster) {
  int feasible = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const auto between = [&](int low, int high) { return low + int(random() % unsigned(high - low + 1)); };
    testing::ShapeWriter net(8, 4);
    net.conv(between(2, 8), 3).conv(between(2, 8), 3).conv(between(2, 8), 1);
    auto specs = net.specs();
    for (LayerSpec& spec : specs) spec.engines = {KernelKind::conv_dense, KernelKind::conv_activation_sparse};
    MenuOptions options;
    options.most_copies = 2;
    const auto menus = menus_of(specs, options);
    const auto densities = densities_of(specs, 0.2 + 0.1 * between(0, 6), 1);
    const Resources limit = budget(between(4000, 14000), between(10, 100), between(8, 60));
    double best = INFINITY;
    struct Way {
      double cycles;
      Resources cost;
    };
    std::vector<std::vector<Way>> ways(specs.size());
    for (std::size_t l = 0; l < specs.size(); ++l) {
      for (const LayerWay& way : menus[l].ways) {
        for (int copies = 1; copies <= 2; ++copies) {
          EngineShape shape = way.shape;
          shape.copies = copies;
          ways[l].push_back({layer_time(shape, specs[l].work, densities[l]).interval(), way.cost(copies)});
        }
      }
    }
    const auto fits = [&](const Resources& r) {
      return r.alms <= limit.alms && r.m20k <= limit.m20k && r.dsp_blocks <= limit.dsp_blocks;
    };
    for (const Way& a : ways[0]) {
      for (const Way& b : ways[1]) {
        Resources two = a.cost;
        two += b.cost;
        if (!fits(two) || std::max(a.cycles, b.cycles) >= best) continue;
        for (const Way& c : ways[2]) {
          Resources all = two;
          all += c.cost;
          if (fits(all)) best = std::min(best, std::max({a.cycles, b.cycles, c.cycles}));
        }
      }
    }
    const auto found = explore(menus, densities, limit);
    ASSERT_EQ(bool(found), std::isfinite(best));
    if (!found) continue;
    ++feasible;
    EXPECT_TRUE(fits(found.value().total));
    EXPECT_GE(found.value().interval_cycles, best);
    // Prices reach only the convex front; on these networks that has not mattered.
    EXPECT_LE(found.value().interval_cycles, 1.05 * best);
    fmt::print("seed {}: {:.3f} of the best, {:.0f} cycles\n", seed, found.value().interval_cycles / best, best);
  }
  EXPECT_GE(feasible, 4);
}

// Zeros and a choice of engines only help; and what the choice is worth is printed.
TEST(Explore, engines_and_zeros_never_slow_a_design) {
  auto specs = testing::resnet50_shapes();
  const Resources limit = budget_of(bsp::find_board("ia840f").value());
  const auto sparse_menus = menus_of(specs);
  for (LayerSpec& spec : specs) spec.engines = {KernelKind::conv_dense};
  const auto dense = explore(menus_of(specs), densities_of(specs, 1, 1), limit);
  ASSERT_TRUE(dense) << dense.error().text();
  double last = dense.value().interval_cycles * 1.02;
  for (const double share : {1.0, 0.7, 0.45, 0.3}) {
    const auto found = explore(sparse_menus, densities_of(specs, share, share), limit);
    ASSERT_TRUE(found) << found.error().text();
    int of_kind[kKernelKinds] = {};
    for (const ChosenLayer& layer : found.value().layers) ++of_kind[int(layer.shape.kind)];
    fmt::print(
        "density {}: {:.0f} cycles, dense engines alone {:.0f}; dense {}, activation {}, weight {}, grouped {}, pair "
        "{}\n",
        share, found.value().interval_cycles, dense.value().interval_cycles, of_kind[0], of_kind[2], of_kind[3],
        of_kind[4], of_kind[5]);
    EXPECT_LE(found.value().interval_cycles, last);
    last = found.value().interval_cycles * 1.02;
  }
}

TEST(Explore, is_quick_and_repeats_itself) {
  const std::pair<const char*, std::vector<LayerSpec>> networks[] = {
      {"MobileNetV3-Large", testing::mobilenet_v3_large_shapes()}, {"ResNet-50", testing::resnet50_shapes()}};
  for (const auto& [name, specs] : networks) {
    const auto start = std::clock();
    const auto menus = menus_of(specs);
    const auto ready = std::clock();
    const auto densities = densities_of(specs, 0.5, 0.7);
    const Resources limit = budget_of(bsp::find_board("ia840f").value());
    const auto found = explore(menus, densities, limit);
    const auto done = std::clock();
    const auto again = explore(menus, densities, limit);
    // Of the processor: the machine may be busy with other tests.
    const auto ms = [](std::clock_t from, std::clock_t to) { return 1000.0 * double(to - from) / CLOCKS_PER_SEC; };
    std::size_t ways = 0;
    std::int64_t macs = 0;
    for (const LayerMenu& menu : menus) ways += menu.ways.size(), macs += menu.spec.work.macs();
    fmt::print("{}: {} layers, {} ways in {:.1f} ms, explored in {:.1f} ms\n", name, specs.size(), ways,
               ms(start, ready), ms(ready, done));
    EXPECT_LT(ms(ready, done), 1000);  // an order above what it takes: a search that tries combinations would not end
    ASSERT_TRUE(found) << found.error().text();
    ASSERT_TRUE(again);
    EXPECT_EQ(found.value().interval_cycles, again.value().interval_cycles);
    EXPECT_EQ(found.value().total.alms, again.value().total.alms);
    const Exploration& design = found.value();
    fmt::print("  {:.0f} cycles, {:.0f} ALMs, {:.0f} M20K, {:.0f} DSP blocks, EMM {:.2f}\n", design.interval_cycles,
               design.total.alms, design.total.m20k, design.total.dsp_blocks,
               double(macs) / design.interval_cycles / design.total.multipliers);
  }
}

}  // namespace
}  // namespace sluice
