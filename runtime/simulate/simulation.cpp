// SPDX-License-Identifier: Apache-2.0
// Differences between the state after the warm-up and the end (see simulation.hpp).
#include "runtime/simulate/simulation.hpp"

#include <algorithm>

namespace sluice::simulate {

const KernelReport* SimulationReport::busiest_of(int layer) const {
  const KernelReport* busiest = nullptr;
  for (const KernelReport& kernel : kernels) {
    if (kernel.layer == layer && (busiest == nullptr || kernel.cycles.busy > busiest->cycles.busy)) busiest = &kernel;
  }
  return busiest;
}

Simulation::Simulation(const Netlist& netlist, std::size_t warm_up_images, const PipelineOptions& options)
    : netlist_(netlist),
      options_(options),
      warm_up_images_(std::max<std::size_t>(1, warm_up_images)),
      pipeline_(netlist, options) {}

Status Simulation::pass(const ImagePrograms& image) {
  const auto left = SLUICE_TRY(pipeline_.pass(image));
  left_.push_back(left);
  if (left_.size() == warm_up_images_) after_warm_up_ = pipeline_.cycles();
  return ok();
}

SimulationReport Simulation::report() const {
  SimulationReport report;
  report.warm_up_images = warm_up_images_;
  report.images = left_.size() - warm_up_images_;
  report.first_image_cycles = left_.front() + 1;
  report.interval_cycles =
      static_cast<double>(left_.back() - left_[warm_up_images_ - 1]) / static_cast<double>(report.images);
  report.shortest_interval_cycles = report.longest_interval_cycles =
      left_[warm_up_images_] - left_[warm_up_images_ - 1];
  for (std::size_t i = warm_up_images_ + 1; i < left_.size(); ++i) {
    report.shortest_interval_cycles = std::min(report.shortest_interval_cycles, left_[i] - left_[i - 1]);
    report.longest_interval_cycles = std::max(report.longest_interval_cycles, left_[i] - left_[i - 1]);
  }
  const std::vector<KernelCycles> now = pipeline_.cycles();
  for (std::size_t k = 0; k < now.size(); ++k) {
    const Kernel& kernel = netlist_.kernels[k];
    report.kernels.push_back({kernel.name, kernel.kind, kernel.layer, now[k] - after_warm_up_[k]});
    if (report.kernels[k].cycles.busy > report.kernels[report.bottleneck].cycles.busy) report.bottleneck = k;
  }
  report.bottleneck_cycles =
      static_cast<double>(report.kernels[report.bottleneck].cycles.busy) / static_cast<double>(report.images);
  for (std::size_t s = 0; s < netlist_.streams.size(); ++s) {
    const Stream& stream = netlist_.streams[s];
    report.streams.push_back(
        {stream.name, stream.depth, capacity_of(stream, options_), pipeline_.fifos()[s].high_water()});
  }
  return report;
}

}  // namespace sluice::simulate
