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
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <map>
#include <memory>

#include "compiler/dse/explore.hpp"
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
  judge("100 layers over 10", times.ms.at("chain_of_100/explore") / times.ms.at("chain_of_10/explore"), 20, " times");
  return is_reached ? 0 : 1;
}

}  // namespace
}  // namespace sluice::perf

int main(int argc, char** argv) { return sluice::perf::run(argc, argv); }
