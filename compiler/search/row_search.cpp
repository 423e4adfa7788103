// SPDX-License-Identifier: Apache-2.0
// See row_search.hpp.
#include "compiler/search/row_search.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "compiler/search/monotone.hpp"
#include "compiler/search/row_trials.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice::search {
namespace {

constexpr std::size_t kMostMeasured = 48;  // allocations
constexpr double kBeyond = 1.5;            // times the largest loss, plus 1 point: where measuring ends

// What an allocation loses.
FrontPoint measured_point(const DesignOptions& options, const Allocation& allocation, const LossMeter& meter) {
  FrontPoint point;
  point.thresholds = thresholds_of(options, allocation);
  point.picks = allocation.picks;
  point.cycles = allocation.cycles, point.predicted_nats = allocation.loss;
  point.measured = meter.measure(point.thresholds);
  return point;
}

std::vector<FrontPoint> measured_family(const DesignOptions& options, const LossMeter& meter, double most_points) {
  std::vector<FrontPoint> points;
  for (const Allocation& allocation : thinned(all_allocations(options), kMostMeasured)) {
    points.push_back(measured_point(options, allocation, meter));
    if (points.back().measured.points > kBeyond * most_points + 1) break;
  }
  return points;
}

// Of each layer the fastest option that leaves out no more than these thresholds.
std::vector<std::size_t> picks_within(const DesignOptions& options, const std::vector<Thresholds>& thresholds) {
  std::vector<std::size_t> picks(options.layers.size(), 0);
  for (std::size_t i = 0; i < picks.size(); ++i) {
    for (std::size_t o = 0; o < options.layers[i].size(); ++o) {
      const Thresholds &option = options.layers[i][o].thresholds, &most = thresholds[i];
      const bool has_prefix = option.prefix.k > 0 && option.prefix.filters == most.prefix.filters;
      const bool is_prefix_within = option.prefix.k == 0 || (has_prefix && option.prefix.k >= most.prefix.k);
      if (option.weight <= most.weight && option.activation <= most.activation && is_prefix_within) picks[i] = o;
    }
  }
  return picks;
}

// Those that nothing faster beats in divergence, with points that rise. The densest stays.
std::vector<FrontPoint> front_of(std::vector<FrontPoint> points) {
  std::stable_sort(points.begin() + 1, points.end(), [](const FrontPoint& a, const FrontPoint& b) {
    if (a.cycles != b.cycles) return a.cycles > b.cycles;
    return a.measured.divergence > b.measured.divergence;
  });
  std::vector<FrontPoint> front;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const bool is_beaten = std::any_of(
        points.begin() + std::ptrdiff_t(p) + 1, points.end(),
        [&](const FrontPoint& faster) { return faster.measured.divergence <= points[p].measured.divergence; });
    if (p == 0 || !is_beaten) front.push_back(points[p]);
  }
  std::vector<double> losses;
  for (const FrontPoint& point : front) losses.push_back(point.measured.points);
  losses = monotone(losses);
  for (std::size_t p = 0; p < front.size(); ++p) front[p].points = losses[p];
  return front;
}

// Marks the rows: the densest, and then at even ratios of cycles, each the last before its mark.
void take_rows(const RowSearchOptions& options, std::vector<FrontPoint>& front) {
  for (FrontPoint& point : front) point.row = -1;
  front[0].row = 0;
  std::size_t end = 1;
  while (end < front.size() && front[end].points <= options.most_points) ++end;
  const double whole = std::log(front[0].cycles / front[end - 1].cycles);
  const double step = std::max(-std::log(1 - options.least_gain), whole / double(options.most_rows - 1));
  int rows = 1;
  double taken = front[0].cycles;
  for (std::size_t p = 1; p < end; ++p) {
    const bool is_last = p + 1 == end;
    const double gain = std::log(taken / front[p].cycles), next = is_last ? 0 : std::log(taken / front[p + 1].cycles);
    const bool is_nearest = is_last || std::abs(gain - step) <= std::abs(next - step);
    if (gain < -std::log(1 - options.least_gain) || !is_nearest || rows == int(options.most_rows)) continue;
    front[p].row = rows++;
    taken = front[p].cycles;
  }
}

// `tried` in the order of the trials.
std::vector<SearchStep> progress_of(const std::vector<FrontPoint>& before, const std::vector<FrontPoint>& tried,
                                    double most_points) {
  std::vector<SearchStep> steps;
  const auto step = [&](const FrontPoint& point) {
    if (point.measured.points > most_points || (!steps.empty() && point.cycles >= steps.back().cycles)) return;
    if (!steps.empty() && steps.back().trial == point.trial) steps.pop_back();
    steps.push_back({point.trial, point.cycles, point.measured.points});
  };
  for (const FrontPoint& point : before) step(point);
  for (const FrontPoint& point : tried) step(point);
  return steps;
}

// What a layer is built with, for a sentence.
std::string built_with(const Design& design, std::size_t layer) {
  const std::string engine = NetlistIndex(design.netlist).engine_name(int(layer));
  return engine.empty() ? "it has no engine that could skip anything" : fmt::format("its engine is {}", engine);
}

std::string why_single(const RowSearch& search, const DesignOptions& of_design, const RowSearchOptions& options,
                       const Design& design) {
  const FrontPoint& densest = search.front[0];
  const double saved = densest.cycles * (1 - options.least_gain);
  const std::vector<Layer>& layers = design.network.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (search.fixed_cycles > saved && layers[i].name == search.fixed_part)
      return fmt::format("{} sets the interval of {:.0f} cycles, and no threshold makes it faster: {}", layers[i].name,
                         search.fixed_cycles, built_with(design, i));
  }
  if (search.fixed_cycles > saved)
    return fmt::format("the streams between layers set the interval of {:.0f} cycles, whatever is skipped",
                       search.fixed_cycles);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!of_design.layers[i].empty() && of_design.layers[i][0].cycles >= densest.cycles)
      return fmt::format(
          "{} sets the interval of {:.0f} cycles ({}), and no thresholds save {:.0f} % of it within a loss "
          "of {:g} points on the search pictures",
          layers[i].name, densest.cycles, built_with(design, i), 100 * options.least_gain, options.most_points);
  }
  return fmt::format("no thresholds save {:.0f} % of the cycles within a loss of {:g} points on the search pictures",
                     100 * options.least_gain, options.most_points);
}

}  // namespace

Result<RowSearch> search_rows(const Design& design, const LossTable& table, const std::vector<RowSample>& samples,
                              const std::vector<std::vector<Thresholds>>& found, const RowSearchOptions& options,
                              const TrialOptions& trials) {
  Pictures counted;
  for (const RowSample& sample : samples)
    if (counted.size() < options.counted_pictures) counted.push_back(sample.codes);
  const DesignOptions of_design = SLUICE_TRY(design_options(design, table, counted));
  const LossMeter meter(design.network, samples);
  std::vector<FrontPoint> points = measured_family(of_design, meter, options.most_points);
  for (const std::vector<Thresholds>& thresholds : found)
    points.push_back(measured_point(of_design, allocation_of(of_design, picks_within(of_design, thresholds)), meter));
  RowSearch search{front_of(points), {}, of_design.fixed_part, of_design.fixed_cycles, {}, {}};
  take_rows(options, search.front);
  const bool has_rows =
      std::any_of(search.front.begin(), search.front.end(), [](const FrontPoint& point) { return point.row > 0; });
  if (trials.trials > 0 && has_rows) {
    RacingMeter racing(meter, options.most_points, trials.seed);
    std::vector<FrontPoint> tried = SLUICE_TRY(row_trials(of_design, racing, search.front, trials));
    search.raced = racing.counts();
    search.progress = progress_of(points, tried, options.most_points);
    for (FrontPoint& point : tried) point.is_tried = true, points.push_back(std::move(point));
    search.front = front_of(std::move(points));
    take_rows(options, search.front);
  }
  if (!has_rows) search.why_single = why_single(search, of_design, options, design);
  return search;
}

std::vector<std::size_t> worthwhile_rows(const DesignTable& table, double least_gain) {
  std::vector<std::size_t> kept{0};
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    if (table.rows[r].cycles_per_image <= (1 - least_gain) * table.rows[kept.back()].cycles_per_image)
      kept.push_back(r);
  }
  return kept;
}

DesignTable table_of(const Design& design, const std::vector<FrontPoint>& front, double clock_mhz) {
  DesignTable table = dense_table(design.network, design.netlist, "");
  table.clock_mhz = clock_mhz;
  const TableRow empty = table.rows[0];
  for (const FrontPoint& point : front) {
    if (point.row <= 0) continue;
    TableRow row = empty;
    row.id = point.row;
    std::size_t next = 0;
    for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
      if (next == row.layers.size() || row.layers[next].name != design.network.layers[i].name) continue;
      TableLayer& layer = row.layers[next++];
      layer.thresholds = point.thresholds[i];
      layer.k = point.thresholds[i].prefix.k;
      layer.thresholds.prefix = {};
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace sluice::search
