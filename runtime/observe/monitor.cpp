// SPDX-License-Identifier: Apache-2.0
// The monitor (see monitor.hpp).
#include "runtime/observe/monitor.hpp"

#include <algorithm>

namespace sluice {

Monitor::Monitor(const DesignModel& model)
    : model_(model),
      rows_(model.table.rows.size(), std::vector<OfLayer>(model.macs.size())),
      last_seen_(model.table.rows.size(), 0),
      ratio_(model.macs.size(), 1.0) {
  for (const TableRow& row : model_.table.rows) {
    double slowest = model_.floor_cycles;
    for (const TableLayer& layer : row.layers) slowest = std::max(slowest, layer.cycles);
    waiting_.push_back(std::max(1.0, row.cycles_per_image / slowest));
  }
}

void Monitor::observe(const Observation& seen) {
  std::vector<OfLayer>& layers = rows_.at(seen.row);
  ++images_;
  const double weight = std::min(kMostWeight, static_cast<double>(images_ - last_seen_[seen.row]));
  last_seen_[seen.row] = images_;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layers[l].cycles.add(seen.cycles.at(l), weight);
    layers[l].density.add(
        static_cast<double>(seen.pairs.at(l)) / static_cast<double>(std::max<std::int64_t>(1, model_.macs[l])), weight);
    const double assumed = model_.table.rows[seen.row].layers[l].cycles;
    if (assumed > 0) ratio_[l] = layers[l].cycles.value() / assumed;
  }
}

std::vector<double> Monitor::layer_cycles(std::size_t row) const {
  std::vector<double> cycles;
  for (std::size_t l = 0; l < ratio_.size(); ++l) {
    const RunningAverage& measured = rows_.at(row)[l].cycles;
    cycles.push_back(measured.is_empty() ? model_.table.rows[row].layers[l].cycles * ratio_[l] : measured.value());
  }
  return cycles;
}

double Monitor::predicted_images_per_s(std::size_t row, double probe_share) const {
  std::vector<double> cycles = layer_cycles(row);
  const std::size_t others = rows_.size() - 1;
  if (others > 0 && probe_share > 0) {
    for (double& c : cycles) c *= 1 - probe_share;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (r == row) continue;
      const std::vector<double> of_probe = layer_cycles(r);
      for (std::size_t l = 0; l < cycles.size(); ++l)
        cycles[l] += probe_share / static_cast<double>(others) * of_probe[l];
    }
  }
  double slowest = model_.floor_cycles;
  for (const double c : cycles) slowest = std::max(slowest, c);
  return 1e6 * model_.table.clock_mhz / (slowest * waiting_.at(row));
}

std::vector<double> Monitor::density(std::size_t row) const {
  std::vector<double> density;
  for (std::size_t l = 0; l < ratio_.size(); ++l) {
    const RunningAverage& measured = rows_.at(row)[l].density;
    density.push_back(measured.is_empty() ? model_.table.rows[row].layers[l].density_assumed : measured.value());
  }
  return density;
}

std::vector<std::size_t> Monitor::changing_layers(std::size_t row) const {
  std::vector<std::size_t> layers;
  for (std::size_t l = 0; l < ratio_.size(); ++l) {
    if (rows_.at(row)[l].cycles.is_changing()) layers.push_back(l);
  }
  return layers;
}

}  // namespace sluice
