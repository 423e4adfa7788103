// SPDX-License-Identifier: Apache-2.0
// A short simulation of each row (see row_timing.hpp).
#include "runtime/drivers/sim/row_timing.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice {
namespace {

constexpr std::size_t kWarmUpImages = 3;

std::vector<LayerCounters> counters_of(const std::vector<LayerVectors>& work) {
  std::vector<LayerCounters> counters;
  for (const LayerVectors& layer : work) counters.push_back(layer.counters);
  return counters;
}

}  // namespace

Result<RowTiming> time_row(const Netlist& netlist, const simulate::Scheduler& scheduler,
                           const simulate::LayerCycles& layer_cycles, const PictureModel& model,
                           std::size_t row, const std::vector<std::vector<std::int16_t>>& pictures) {
  if (pictures.empty()) return bug_error("timing a row needs a picture");
  std::vector<simulate::ImagePrograms> programs;
  std::vector<double> slowest;
  for (const auto& codes : pictures) {
    const std::vector<LayerVectors> work = model.picture(codes, row).work;
    programs.push_back(scheduler.programs(work));
    slowest.push_back(layer_cycles.slowest(counters_of(work)));
  }
  // The warm-up ends with the last picture, so that each is measured once; it begins with some other.
  const std::size_t first = (pictures.size() * kWarmUpImages - kWarmUpImages) % pictures.size();
  simulate::Simulation simulation(netlist, kWarmUpImages);
  for (std::size_t i = 0; i < kWarmUpImages + pictures.size(); ++i)
    SLUICE_CHECK(simulation.pass(programs[(first + i) % pictures.size()]));
  const simulate::SimulationReport report = simulation.report();
  double sum = 0;
  for (const double cycles : slowest) sum += cycles;
  return RowTiming{report.interval_cycles * static_cast<double>(pictures.size()) / sum,
                   static_cast<double>(report.first_image_cycles) / slowest[first]};
}

}  // namespace sluice
