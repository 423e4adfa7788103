// SPDX-License-Identifier: Apache-2.0
// Every row on every picture, the first few of them counted (see rows.hpp).
#include "compiler/measure/rows.hpp"

#include <algorithm>

#include "compiler/measure/interval_estimate.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice {
namespace {

// Top-1 of every picture under the row; what the first `counted` of them cost.
struct RowRun {
  std::vector<int> classes;
  std::vector<double> cycles;       // per layer, mean over counted pictures
  std::vector<std::int64_t> pairs;  // per layer, sum over them: a share of 1 must come out as exactly 1
  std::size_t counted = 0;
  IntervalEstimate interval;
};

struct CountedImage {
  std::vector<LayerCounters> counters;
  ImageSlices slices;
};

RowRun run_row(const Design& design, const simulate::Scheduler& scheduler, const simulate::LayerCycles& layer_cycles,
               const Evaluator& evaluator, const std::vector<Thresholds>& thresholds,
               const std::vector<RowSample>& samples, std::size_t counted) {
  const CounterModel model(design, thresholds);
  RowRun run{std::vector<int>(samples.size()),
             std::vector<double>(thresholds.size()),
             std::vector<std::int64_t>(thresholds.size()),
             std::min(counted, samples.size()),
             {}};
  std::vector<CountedImage> images(run.counted);
  parallel_each(samples.size(), [&](std::size_t s) {
    run.classes[s] = top_k(evaluator.scores(samples[s].codes), 1)[0];
    if (s >= images.size()) return;
    const std::vector<LayerVectors> work = model.work(evaluator, evaluator.evaluate(samples[s].codes));
    for (const LayerVectors& layer : work) images[s].counters.push_back(layer.counters);
    images[s].slices = slices_of(design.netlist, scheduler.programs(work));
  });
  std::vector<ImageSlices> slices;
  for (CountedImage& image : images) {
    const std::vector<double> cycles = layer_cycles.layers(image.counters);
    for (std::size_t i = 0; i < cycles.size(); ++i) run.cycles[i] += cycles[i] / static_cast<double>(images.size());
    for (const LayerCounters& c : image.counters) run.pairs[std::size_t(c.layer)] += c.nonzero_pairs;
    slices.push_back(std::move(image.slices));
  }
  run.interval = estimate_interval(design.netlist, slices);
  return run;
}

}  // namespace

Interval paired_loss(const std::vector<RowSample>& samples, const std::vector<int>& classes) {
  std::int64_t only_float = 0, only_row = 0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const int truth = samples[s].true_class >= 0 ? samples[s].true_class : samples[s].float_class;
    only_float += samples[s].float_class == truth && classes[s] != truth;
    only_row += samples[s].float_class != truth && classes[s] == truth;
  }
  return paired_difference(only_float, only_row, std::int64_t(samples.size()));
}

DesignTable measure_rows(const Design& design, DesignTable chosen, const std::vector<RowSample>& held_out,
                                 const RowOptions& options) {
  const IntegerNetwork& network = design.network;
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const simulate::LayerCycles layer_cycles(design);
  const Evaluator evaluator(network);
  for (std::size_t r = 0; r < chosen.rows.size(); ++r) {
    const auto thresholds = chosen.thresholds(network, design.netlist, r);
    const RowRun run = run_row(design, scheduler, layer_cycles, evaluator.with_thresholds(thresholds), thresholds,
                               held_out, options.counted_images);
    TableRow& row = chosen.rows[r];
    const Interval loss = paired_loss(held_out, run.classes);
    row.loss_points = 100 * loss.value, row.loss_low = 100 * loss.low, row.loss_high = 100 * loss.high;
    std::size_t next = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (next == row.layers.size() || row.layers[next].name != network.layers[i].name) continue;
      TableLayer& layer = row.layers[next++];
      layer.cycles = run.cycles[i];
      const double products = static_cast<double>(network.layers[i].macs()) * static_cast<double>(run.counted);
      layer.density_assumed = is_sparse(layer.engine) ? static_cast<double>(run.pairs[i]) / products : 1.0;
    }
    row.cycles_per_image = run.interval.cycles;
    row.throughput_images_per_s = 1e6 * options.clock_mhz / row.cycles_per_image;
  }
  return chosen;
}

}  // namespace sluice
