// SPDX-License-Identifier: Apache-2.0
// Pictures a second of the evaluator against OpenCV DNN in float, same machine, same run, all cores, each batched as it
// likes best.
//
// Target: evaluator / OpenCV >= 1.0 for both networks. Without it the search over thresholds would better use float.
// The bound: the kernels' widest instruction, measured beside (peak.hpp); multiply-accumulates are counted dense.
//
//   evaluator_bench [--kernels=plain] [Google Benchmark's options]   with the evaluation data in SLUICE_DATA
//
// Repetitions of all cases are mixed at random, and medians are compared, so that other work on the machine hits all
// alike. Ends with status 1 when the target is missed.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <tbb/info.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "runtime/base/top_k.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "tests/perf/bench_models.hpp"
#include "tests/perf/peak.hpp"
#include "tests/support/opencv_model.hpp"

namespace sluice::perf {
namespace {

constexpr double kTarget = 1.0;

// Remembers the median rate of every case, and how many cores it really had.
class Medians : public benchmark::ConsoleReporter {
 public:
  Medians() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median") {
        rates[run.run_name.function_name] = run.counters.at("items_per_second");
        cpu_shares[run.run_name.function_name] = run.GetAdjustedCPUTime() / run.GetAdjustedRealTime();
      }
    }
  }
  std::map<std::string, double> rates;
  std::map<std::string, double> cpu_shares;  // processor seconds a second, of all threads
};

cv::Mat batch_of(const BenchModel& model, std::size_t count) {
  const MapShape& in = model.network.input;
  const int sizes[] = {static_cast<int>(count), in.channels, in.height, in.width};
  cv::Mat batch(4, sizes, CV_32F);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& picture = model.pictures[i % model.pictures.size()];
    std::copy(picture.begin(), picture.end(), batch.ptr<float>() + i * picture.size());
  }
  return batch;
}

void register_cases(const BenchModel& model, const Evaluator& evaluator) {
  benchmark::RegisterBenchmark(
      (model.name + "/evaluator").c_str(),
      [&](benchmark::State& state) {
        for (auto _ : state) {
          evaluator.for_each(
              model.codes.size(), [&](std::size_t i) { return Evaluator::Codes(model.codes[i]); },
              [](std::size_t, std::span<const std::int32_t> scores) { benchmark::DoNotOptimize(scores.data()); });
        }
        state.SetItemsProcessed(state.iterations() * std::ssize(model.codes));
      })
      ->UseRealTime()
      ->MeasureProcessCPUTime();
  const int batches[] = {1, 8, 32, 128};
  for (const int batch : batches) {
    if (std::size_t(batch) > model.pictures.size()) continue;
    auto net = std::make_shared<cv::dnn::Net>(testing::read_opencv_model(model.file));
    const cv::Mat input = batch_of(model, std::size_t(batch));
    net->setInput(input);
    net->forward();
    benchmark::RegisterBenchmark(fmt::format("{}/opencv/batch {}", model.name, batch).c_str(),
                                 [net, input, batch](benchmark::State& state) {
                                   for (auto _ : state) {
                                     net->setInput(input);
                                     benchmark::DoNotOptimize(net->forward().data);
                                   }
                                   state.SetItemsProcessed(state.iterations() * batch);
                                 })
        ->UseRealTime()
        ->MeasureProcessCPUTime();
  }
}

// Both must compute the same network, else the comparison says nothing.
double agreement(const BenchModel& model, const Evaluator& evaluator) {
  cv::dnn::Net net = testing::read_opencv_model(model.file);
  int same = 0;
  for (std::size_t i = 0; i < model.pictures.size(); ++i) {
    const MapShape& in = model.network.input;
    const int sizes[] = {1, in.channels, in.height, in.width};
    net.setInput(cv::Mat(4, sizes, CV_32F, const_cast<float*>(model.pictures[i].data())));
    const cv::Mat scores = net.forward();
    const auto* first = scores.ptr<float>();
    same += std::max_element(first, first + scores.total()) - first == top_k(evaluator.scores(model.codes[i]), 1)[0];
  }
  return 100.0 * same / double(model.pictures.size());
}

int run(int argc, char** argv) {
  const char* data = std::getenv("SLUICE_DATA");
  if (!data) {
    std::cerr << "evaluator_bench: SLUICE_DATA is not set to the folder of the evaluation data\n";
    return 1;
  }
  const evaluate::Kernels* kernels = evaluate::supported_kernels().front();
  std::vector<char*> arguments(argv, argv + argc);
  std::erase_if(arguments, [&](const char* argument) {
    for (const evaluate::Kernels* other : evaluate::supported_kernels()) {
      if (argument == fmt::format("--kernels={}", other->name)) return kernels = other, true;
    }
    return false;
  });
  std::string repetitions = "--benchmark_repetitions=9", mixed = "--benchmark_enable_random_interleaving=true",
              aggregates = "--benchmark_display_aggregates_only=true", time = "--benchmark_min_time=0.3";
  for (std::string* option : {&time, &aggregates, &mixed, &repetitions})
    arguments.insert(arguments.begin() + 1, option->data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());

  auto models = bench_models(data);
  if (!models) {
    std::cerr << models.error().text() << "\n";
    return 1;
  }
  std::vector<std::unique_ptr<Evaluator>> evaluators;
  for (const BenchModel& model : *models) {
    evaluators.push_back(std::make_unique<Evaluator>(model.network, std::vector<Thresholds>{}, *kernels));
    register_cases(model, *evaluators.back());
  }
  Medians medians;
  benchmark::RunSpecifiedBenchmarks(&medians);

  const int cores = tbb::info::default_concurrency();
  const Peak integers = integer_peak(), floats = float_peak();
  const double clock = clock_hz();
  fmt::print("\n{} cores at {:.2f} GHz; kernels {}; OpenCV {} with {} threads\n", cores, clock / 1e9, kernels->name,
             CV_VERSION, cv::getNumThreads());
  fmt::print("peak a core: {} {:.1f} MACs a cycle, {} {:.1f}\n", integers.instruction, integers.macs_per_second / clock,
             floats.instruction, floats.macs_per_second / clock);
  fmt::print("{:<16} {:>10} {:>10} {:>6} {:>7}  {:>12} {:>6}  {:>6} {:>9}\n", "images/s", "evaluator", "OpenCV",
             "batch", "ratio", "MACs/cycle", "share", "OpenCV", "top-1");
  bool is_reached = true;
  for (std::size_t i = 0; i < models->size(); ++i) {
    const BenchModel& model = (*models)[i];
    std::string best;
    for (const auto& [name, rate] : medians.rates) {
      if (name.starts_with(model.name + "/opencv") && (best.empty() || rate > medians.rates[best])) best = name;
    }
    const double ours = medians.rates[model.name + "/evaluator"], theirs = medians.rates[best];
    if (ours == 0 || theirs == 0) continue;  // left out by a filter
    // A second of a core that was given to this process, so that other work on the machine does not count as ours.
    const double macs = ours * double(model.macs) / medians.cpu_shares[model.name + "/evaluator"];
    const double their_macs = theirs * double(model.macs) / medians.cpu_shares[best];
    fmt::print("{:<16} {:>10.1f} {:>10.1f} {:>6} {:>7.2f}  {:>12.1f} {:>5.0f}%  {:>5.0f}% {:>7.1f} %\n", model.name,
               ours, theirs, best.substr(best.rfind(' ') + 1), ours / theirs, macs / clock,
               100 * macs / integers.macs_per_second, 100 * their_macs / floats.macs_per_second,
               agreement(model, *evaluators[i]));
    is_reached = is_reached && ours >= kTarget * theirs;
  }
  fmt::print(
      "MACs/cycle: of a core; share: of the integer peak; OpenCV: of the float peak; top-1: pictures on which both "
      "name the same class\n");
  fmt::print("target: ratio >= {:.1f}: {}\n", kTarget, is_reached ? "reached" : "MISSED");
  return is_reached ? 0 : 1;
}

}  // namespace
}  // namespace sluice::perf

int main(int argc, char** argv) { return sluice::perf::run(argc, argv); }
