// SPDX-License-Identifier: Apache-2.0
// Pictures a second of the cycle simulator on one core, and simulated cycles a second.
//
// Target: at least 1 picture/s of MobileNetV2 224 with every engine; a planner simulates a few pictures per candidate
// design, `sluice simulate` hundreds.
// The bound: each beat of each stream is written once and read once, each a time in a ring of the stream (two loads, a
// maximum, a store, a comparison for the high-water mark): a chain of dependent maximum and addition, 2 cycles an end,
// would allow some 900 million beats a second. Short runs (a window's few beats, then one out; streams of 16 beats,
// then another kernel) keep it far below: what counts is going from run to run and from kernel to kernel, not memory.
//
//   simulator_bench [Google Benchmark's options]   with the evaluation data in SLUICE_DATA
//
// "pipeline": times only, the pictures' programs being given. "whole": evaluation, counting and programs too.
// Ends with status 1 when the target is missed.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/simulate/pipeline.hpp"
#include "tests/perf/bench_models.hpp"

namespace sluice::perf {
namespace {

constexpr double kTarget = 1.0;
constexpr const char* kTargetModel = "MobileNetV2-224";
constexpr std::size_t kPictures = 4;

// Remembers the rate of every case.
class Rates : public benchmark::ConsoleReporter {
 public:
  Rates() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) rates[run.run_name.function_name] = run.counters.at("items_per_second");
  }
  std::map<std::string, double> rates;
};

struct Case {
  const BenchModel& model;
  Design design;
  simulate::Scheduler scheduler;
  PictureModel pictures;
  std::vector<simulate::ImagePrograms> programs;

  Case(const BenchModel& m, KernelKind engine)
      : model(m),
        design{m.network, build_netlist(m.network, uniform_engines(m.network, engine)).value()},
        scheduler(simulate::Scheduler(design.netlist)),
        pictures(design, {{}}) {
    for (std::size_t i = 0; i < kPictures; ++i)
      programs.push_back(scheduler.programs(pictures.picture(m.codes[i], 0).work));
  }

  void pass(benchmark::State& state, const std::function<simulate::ImagePrograms(std::size_t)>& programs_of) {
    std::int64_t cycles = 0, beats = 0;
    for (auto _ : state) {
      simulate::Pipeline pipeline(design.netlist);
      std::int64_t left = 0;
      for (std::size_t i = 0; i < kPictures; ++i) left = pipeline.pass(programs_of(i)).value();
      cycles += left;
      for (const simulate::Fifo& fifo : pipeline.fifos()) beats += fifo.read();
    }
    state.SetItemsProcessed(state.iterations() * std::int64_t{kPictures});
    state.counters["Mcycles_a_s"] = benchmark::Counter(1e-6 * static_cast<double>(cycles), benchmark::Counter::kIsRate);
    state.counters["Mbeats_a_picture"] =
        1e-6 * static_cast<double>(beats) / static_cast<double>(state.iterations() * std::int64_t{kPictures});
    state.counters["Mbeats_a_s"] = benchmark::Counter(1e-6 * static_cast<double>(beats), benchmark::Counter::kIsRate);
  }
};

int run(int argc, char** argv) {
  const char* data = std::getenv("SLUICE_DATA");
  if (!data) {
    std::cerr << "simulator_bench: SLUICE_DATA is not set to the folder of the evaluation data\n";
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  auto models = bench_models(data);
  if (!models) {
    std::cerr << models.error().text() << "\n";
    return 1;
  }
  std::vector<std::unique_ptr<Case>> cases;
  for (const BenchModel& model : *models) {
    for (const auto& [name, engine] : {std::pair{"dense", KernelKind::conv_dense},
                                       {"activation_sparse", KernelKind::conv_activation_sparse},
                                       {"pair_sparse", KernelKind::conv_pair_sparse}}) {
      Case* c = cases.emplace_back(std::make_unique<Case>(model, engine)).get();
      benchmark::RegisterBenchmark(
          fmt::format("{}/{}/pipeline", model.name, name).c_str(),
          [c](benchmark::State& state) { c->pass(state, [c](std::size_t i) { return c->programs[i]; }); })
          ->Unit(benchmark::kMillisecond);
      benchmark::RegisterBenchmark(fmt::format("{}/{}/whole", model.name, name).c_str(), [c](benchmark::State& state) {
        c->pass(state,
                [c](std::size_t i) { return c->scheduler.programs(c->pictures.picture(c->model.codes[i], 0).work); });
      })->Unit(benchmark::kMillisecond);
    }
  }
  Rates rates;
  benchmark::RunSpecifiedBenchmarks(&rates);
  bool is_reached = true;
  for (const auto& [name, rate] : rates.rates) {
    if (name.starts_with(kTargetModel)) is_reached = is_reached && rate >= kTarget;
  }
  fmt::print("target: {} at {:.0f} picture/s or more in every case: {}\n", kTargetModel, kTarget,
             is_reached ? "reached" : "MISSED");
  return is_reached ? 0 : 1;
}

}  // namespace
}  // namespace sluice::perf

int main(int argc, char** argv) { return sluice::perf::run(argc, argv); }
