// SPDX-License-Identifier: Apache-2.0
// Milliseconds of one exploration: the menus are there, the densities are new.
//
// Targets: at most 50 ms for MobileNetV3-Large, 200 ms for ResNet-50, on one core; and growth that is about linear: 100
// layers cost at most 20 times what 10 cost. A sparsity search asks for a design at each of its candidates, thousands
// of times. The bound: some 250,000 ways with copies are walked four times (three rounds of prices in classes of
// cycles, one front), a division, a rounding and a price each; what follows works on a few dozen candidates a layer.
//
//   dse_bench [Google Benchmark's options]
//
// "menus": once a network. Ends with status 1 when a target is missed.
//
// "trial": one trial of thresholds, four of its layers changed (TrialExplorer); at most 5 ms for ResNet-20 on pac_a10.
// "trial/first" makes the fronts that trials share, "trial/levels" is what a trial took before: one exploration of all
// levels. 22 levels a layer, as `plan` measures them.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <random>

#include "compiler/dse/explore.hpp"
#include "compiler/dse/trial_explorer.hpp"
#include "tests/unit/compiler/dse/network_shapes.hpp"

namespace sluice::perf {
namespace {

// Remembers the time of every case.
class Times : public benchmark::ConsoleReporter {
 public:
  Times() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) ms[run.run_name.function_name] = run.GetAdjustedCPUTime();
  }
  std::map<std::string, double> ms;
};

// A chain of 3x3 and 1x1 convolutions of sizes that repeat.
std::vector<LayerSpec> chain(int layers) {
  sluice::testing::ShapeWriter net(56, 16);
  for (int i = 0; i < layers; ++i) net.conv(32 << (i % 3), i % 2 == 0 ? 3 : 1);
  return net.specs();
}

struct Case {
  std::vector<LayerMenu> menus;
  std::vector<LayerDensity> densities;
  Resources budget = budget_of(bsp::find_board("ia840f").value());

  explicit Case(const std::vector<LayerSpec>& specs) {
    for (const LayerSpec& spec : specs) {
      LayerDensity density{spec.is_first ? 1 : 0.5, 0.7};
      density.group_kept = 0.7;
      densities.push_back(density);
    }
    menus = menus_of(specs);
  }

  static std::vector<LayerMenu> menus_of(const std::vector<LayerSpec>& specs) {
    static const ResourceModel model(known_coefficients().value(), bsp::find_board("ia840f").value().device);
    std::vector<LayerMenu> menus;
    for (const LayerSpec& spec : specs) menus.push_back(layer_menu(spec, model));
    return menus;
  }
};

// Layers with levels, and trials that change four of them.
class Trials {
 public:
  explicit Trials(const std::vector<LayerSpec>& specs) {
    const bsp::Board board = bsp::find_board("pac_a10").value();
    const ResourceModel model(known_coefficients().value(), board.device);
    budget_ = budget_of(board);
    for (const LayerSpec& spec : specs) {
      menus_.push_back(layer_menu(spec, model));
      levels_.push_back(levels_of(spec));
    }
  }

  std::unique_ptr<TrialExplorer> explorer() const {
    return std::make_unique<TrialExplorer>(menus_, levels_, budget_, TrialGoal{});
  }

  void change(std::vector<Allowance>& allowances) {
    for (int c = 0; c < 4; ++c) allowances[random_() % allowances.size()] = {int(random_() % 8), int(random_() % 9)};
  }

  std::vector<Allowance> none() const { return std::vector<Allowance>(menus_.size()); }
  double explore_levels() const {
    Resources budget = budget_;
    budget.loss = 1;
    return explore(menus_, levels_, budget, {.natural_share = 0.7}).value().interval_cycles;
  }

 private:
  static LayerLevels levels_of(const LayerSpec& spec) {
    LayerLevels levels(1);
    levels[0].density.activation = spec.is_first ? 1 : 0.5, levels[0].density.group_kept = 1;
    if (spec.work.kind != LayerKind::conv || spec.is_first) return levels;
    const auto append = [&](int weights, int activations) {
      ThresholdLevel level = levels[0];
      level.has_weight_threshold = weights > 0, level.has_activation_threshold = activations > 0;
      level.density.weight *= 1 - 0.1 * weights, level.density.activation *= 1 - 0.07 * activations;
      level.loss = 0.002 * (weights + activations), level.step = {weights, activations};
      levels.push_back(level);
    };
    for (int w = 1; w <= 7; ++w) append(w, 0);
    for (int a = 1; a <= 8; ++a) append(0, a);
    for (int both = 1; both <= 7; ++both) append(both, both);
    return levels;
  }

  std::vector<LayerMenu> menus_;
  std::vector<LayerLevels> levels_;
  Resources budget_;
  std::mt19937 random_{1};
};

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::vector<std::pair<std::string, std::vector<LayerSpec>>> networks{
      {"MobileNetV3-Large", sluice::testing::mobilenet_v3_large_shapes()},
      {"ResNet-50", sluice::testing::resnet50_shapes()}};
  for (const int layers : {10, 50, 100}) networks.emplace_back(fmt::format("chain_of_{}", layers), chain(layers));
  std::vector<std::unique_ptr<Case>> cases;
  for (const auto& [name, specs] : networks) {
    const Case* c = cases.emplace_back(std::make_unique<Case>(specs)).get();
    benchmark::RegisterBenchmark((name + "/explore").c_str(), [c](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(explore(c->menus, c->densities, c->budget));
      state.counters["cycles"] = explore(c->menus, c->densities, c->budget).value().interval_cycles;
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark((name + "/menus").c_str(), [specs = specs](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(Case::menus_of(specs));
    })->Unit(benchmark::kMillisecond);
  }
  Trials trials(sluice::testing::resnet20_shapes());
  benchmark::RegisterBenchmark("ResNet-20/trial/first", [&](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(trials.explorer());
  })->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("ResNet-20/trial/levels", [&](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(trials.explore_levels());
  })->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("ResNet-20/trial", [&](benchmark::State& state) {
    const auto explorer = trials.explorer();
    std::vector<Allowance> allowances = trials.none();
    for (auto _ : state) {
      trials.change(allowances);
      benchmark::DoNotOptimize(explorer->explore(allowances));
    }
  })->Unit(benchmark::kMillisecond);
  Times times;
  benchmark::RunSpecifiedBenchmarks(&times);
  bool is_reached = true;
  const auto judge = [&](const std::string& what, double value, double most, const char* unit) {
    fmt::print("target: {} {:.1f}{}, at most {:.0f}: {}\n", what, value, unit, most,
               value <= most ? "reached" : "MISSED");
    is_reached = is_reached && value <= most;
  };
  judge("MobileNetV3-Large", times.ms.at("MobileNetV3-Large/explore"), 50, " ms");
  judge("ResNet-50", times.ms.at("ResNet-50/explore"), 200, " ms");
  judge("ResNet-20, a trial", times.ms.at("ResNet-20/trial"), 5, " ms");
  judge("100 layers over 10", times.ms.at("chain_of_100/explore") / times.ms.at("chain_of_10/explore"), 20, " times");
  return is_reached ? 0 : 1;
}

}  // namespace
}  // namespace sluice::perf

int main(int argc, char** argv) { return sluice::perf::run(argc, argv); }
