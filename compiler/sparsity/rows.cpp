// SPDX-License-Identifier: Apache-2.0
// Makes and measures the rows (see rows.hpp).
#include "compiler/sparsity/rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <tbb/parallel_for.h>

#include "compiler/sparsity/interval_estimate.hpp"
#include "runtime/base/accuracy.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice {
namespace {

// Counts of magnitudes 1 and up; zeros are left out.
class MagnitudeCounts {
 public:
  explicit MagnitudeCounts(int limit) : counts_(std::size_t(limit) + 2, 0) {}

  void add(int code) {
    if (code != 0) ++counts_[std::min<std::size_t>(std::size_t(std::abs(code)), counts_.size() - 1)];
  }
  void add(const MagnitudeCounts& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }
  // Smallest threshold under which at least `share` of the non-zero codes lie; 0 for share 0. Never above the largest
  // code, so a layer whose codes are all alike (a 0/1 shortcut) keeps them.
  int threshold(double share) const {
    std::int64_t total = 0, below = 0;
    for (const std::int64_t count : counts_) total += count;
    if (share <= 0 || total == 0) return 0;
    const double wanted = share * static_cast<double>(total);
    for (std::size_t t = 1; t + 1 < counts_.size(); ++t) {
      if (static_cast<double>(below) >= wanted) return static_cast<int>(t);
      below += counts_[t];
    }
    return static_cast<int>(counts_.size()) - 2;
  }

 private:
  std::vector<std::int64_t> counts_;
};

// Ranks of a multiplier's filters that leave out at most `share` of the weights; 0, which is all, for none left out.
int prefix_length(int filters, double share) {
  constexpr double kRounding = 1e-9;  // 8 * (1 - 0.625) is 3
  const int k = std::max(1, static_cast<int>(std::ceil(filters * (1 - share) - kRounding)));
  return k >= filters ? 0 : k;
}

// Magnitudes at each layer's input over the calibration pictures, without thresholds.
std::vector<MagnitudeCounts> input_magnitudes(const Evaluator& evaluator, const IntegerNetwork& network,
                                              const std::vector<RowSample>& samples, int limit) {
  std::vector<std::vector<MagnitudeCounts>> partial(samples.size());
  tbb::parallel_for(std::size_t{0}, samples.size(), [&](std::size_t s) {
    const PictureMaps maps = evaluator.evaluate(samples[s].codes);
    partial[s].assign(network.layers.size(), MagnitudeCounts(limit));
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const int source = network.layers[i].inputs[0];
      if (network.layers[i].kind != LayerKind::conv || source < 0) continue;
      for (const std::int32_t code : evaluator.map(maps, source)) partial[s][i].add(code);
    }
  });
  std::vector<MagnitudeCounts> all(network.layers.size(), MagnitudeCounts(limit));
  for (const auto& of_sample : partial)
    for (std::size_t i = 0; i < all.size(); ++i) all[i].add(of_sample[i]);
  return all;
}

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
  tbb::parallel_for(std::size_t{0}, samples.size(), [&](std::size_t s) {
    run.classes[s] = top_k(evaluator.scores(samples[s].codes), 1)[0];
    if (s >= images.size()) return;
    const std::vector<LayerVectors> work = model.work(evaluator, evaluator.evaluate(samples[s].codes));
    for (const LayerVectors& layer : work) images[s].counters.push_back(layer.counters);
    images[s].slices = slices_of(design.netlist, scheduler.programs(work));
  });
  std::vector<ImageSlices> slices;
  for (CountedImage& image : images) {
    const std::vector<double> cycles = layer_cycles.of_image(image.counters);
    for (std::size_t i = 0; i < cycles.size(); ++i) run.cycles[i] += cycles[i] / static_cast<double>(images.size());
    for (const LayerCounters& c : image.counters) run.pairs[std::size_t(c.layer)] += c.nonzero_pairs;
    slices.push_back(std::move(image.slices));
  }
  run.interval = estimate_interval(design.netlist, slices);
  return run;
}

Interval loss_of(const std::vector<RowSample>& samples, const std::vector<int>& classes) {
  std::int64_t only_float = 0, only_row = 0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const int truth = samples[s].true_class >= 0 ? samples[s].true_class : samples[s].float_class;
    only_float += samples[s].float_class == truth && classes[s] != truth;
    only_row += samples[s].float_class != truth && classes[s] == truth;
  }
  return paired_difference(only_float, only_row, std::int64_t(samples.size()));
}

}  // namespace

DesignTable choose_rows(const Design& design, const std::vector<RowSample>& calibration, const RowOptions& options) {
  const IntegerNetwork& network = design.network;
  const int limit = (1 << (network.input_bits - 1)) - 1;
  const std::vector<MagnitudeCounts> activations = input_magnitudes(Evaluator(network), network, calibration, limit);
  std::vector<MagnitudeCounts> weights(network.layers.size(), MagnitudeCounts(limit));
  for (std::size_t i = 0; i < weights.size(); ++i)
    for (const std::int16_t w : network.layers[i].weights) weights[i].add(w);

  DesignTable table = dense_table(network, design.netlist, "");
  table.clock_mhz = options.clock_mhz;
  const TableRow empty = table.rows[0];
  table.rows.clear();
  const NetlistIndex index(design.netlist);
  for (const Quantiles& quantiles : options.rows) {
    TableRow row = empty;
    row.id = static_cast<int>(table.rows.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (next == row.layers.size() || row.layers[next].name != network.layers[i].name) continue;
      TableLayer& layer = row.layers[next++];
      if (obeys_weight_threshold(layer.engine)) layer.thresholds.weight = weights[i].threshold(quantiles.weight);
      if (obeys_prefix(layer.engine))
        layer.k = prefix_length(index.prefix(static_cast<int>(i)).filters, quantiles.weight);
      if (obeys_activation_threshold(layer.engine))
        layer.thresholds.activation = activations[i].threshold(quantiles.activation);
    }
    table.rows.push_back(row);
  }
  return table;
}

Result<DesignTable> measure_rows(const Design& design, DesignTable chosen, const std::vector<RowSample>& held_out,
                                 const RowOptions& options) {
  const IntegerNetwork& network = design.network;
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const simulate::LayerCycles layer_cycles = SLUICE_TRY(simulate::LayerCycles::make(design));
  const Evaluator evaluator(network);
  for (std::size_t r = 0; r < chosen.rows.size(); ++r) {
    const auto thresholds = chosen.thresholds(network, design.netlist, r);
    const RowRun run = run_row(design, scheduler, layer_cycles, evaluator.with_thresholds(thresholds), thresholds,
                               held_out, options.counted_images);
    TableRow& row = chosen.rows[r];
    const Interval loss = loss_of(held_out, run.classes);
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
