// SPDX-License-Identifier: Apache-2.0
// The monitor (see monitor.hpp).
#include "runtime/observe/monitor.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

Monitor::Monitor(const DesignModel& model) : model_(model), rows_(model.table.rows.size()) {
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const TableRow& row = model_.table.rows[r];
    rows_[r].layers.resize(model_.macs.size());
    rows_[r].slowest_cycles = model_.floor_cycles;
    for (const TableLayer& layer : row.layers)
      rows_[r].slowest_cycles = std::max(rows_[r].slowest_cycles, layer.cycles);
    rows_[r].waiting = std::max(1.0, row.cycles_per_image / rows_[r].slowest_cycles);
    rows_[r].images = kPriorImages;
  }
}

void Monitor::observe(const Observation& seen, Purpose purpose) {
  const bool is_running = purpose == Purpose::answer;
  OfRow& row = rows_.at(seen.row);
  double slowest = model_.floor_cycles;
  for (std::size_t l = 0; l < row.layers.size(); ++l) {
    slowest = std::max(slowest, seen.cycles.at(l));
    row.layers[l].cycles.add(seen.cycles[l]);
    row.layers[l].density.add(static_cast<double>(seen.pairs.at(l)) /
                              static_cast<double>(std::max<std::int64_t>(1, model_.macs[l])));
  }
  take_clock(seen, slowest, is_running);
  images_since_change_ += purpose != Purpose::canary;
  const double off = slowest / row.slowest_cycles - 1;
  if (is_running) {
    if (running_ != seen.row) detector_.restart();
    running_ = seen.row;
    if (row.images >= kLeastImages && detector_.add(slowest, off / scatter())) return take_change(seen.row);
  }
  row.images = std::min(kMemory, row.images + 1);
  row.slowest_cycles += (slowest - row.slowest_cycles) / row.images;
  if (row.images > kLeastImages)
    variance_ += (std::min(off * off, kFarthestOutlier * variance_) - variance_) / (kMemory / 2);
}

// What was learned before is only a guess from here on; what the change did to the running row, it did to all.
void Monitor::take_change(std::size_t running) {
  const Change& change = detector_.change();
  const double ratio = change.mean / rows_[running].slowest_cycles;
  for (OfRow& row : rows_) {
    row.slowest_cycles = std::max(model_.floor_cycles, row.slowest_cycles * ratio);
    row.images = std::min(row.images, kPriorImages);
  }
  rows_[running].slowest_cycles = change.mean;
  rows_[running].images = std::min(kMemory, static_cast<double>(change.values));
  images_since_change_ = 0;
  ++changes_;
}

void Monitor::take_clock(const Observation& seen, double slowest, bool is_running) {
  if (!clock_start_) {
    clock_start_ = seen.completed_at;
    return;
  }
  clock_expected_cycles_ += slowest * rows_[seen.row].waiting;
  if (++clock_images_ < kClockImages) return;
  const double seconds = std::chrono::duration<double>(seen.completed_at - *clock_start_).count();
  const double ratio = seconds * 1e6 * model_.table.clock_mhz / clock_expected_cycles_;
  clock_start_ = seen.completed_at;
  clock_expected_cycles_ = 0;
  clock_images_ = 0;
  if (!is_running && !running_) return;
  const std::size_t running = is_running ? seen.row : *running_;
  if (std::abs(ratio - 1) <= kMostDisagreement)
    rows_[running].waiting = std::max(1.0, rows_[running].waiting * (1 + (ratio - 1) * kClockWeight));
}

Forecast Monitor::forecast(std::size_t row) const {
  const OfRow& r = rows_.at(row);
  return {r.slowest_cycles * r.waiting, scatter() / std::sqrt(r.images)};
}

double Monitor::scatter() const { return std::max(kLeastScatter, std::sqrt(variance_)); }

std::vector<double> Monitor::density(std::size_t row) const {
  std::vector<double> density;
  for (std::size_t l = 0; l < model_.macs.size(); ++l) {
    const RunningAverage& measured = rows_.at(row).layers[l].density;
    density.push_back(measured.is_empty() ? model_.table.rows[row].layers[l].density_assumed : measured.value());
  }
  return density;
}

std::vector<std::size_t> Monitor::changing_layers(std::size_t row) const {
  std::vector<std::size_t> layers;
  for (std::size_t l = 0; l < model_.macs.size(); ++l) {
    if (rows_.at(row).layers[l].cycles.is_changing()) layers.push_back(l);
  }
  return layers;
}

}  // namespace sluice
