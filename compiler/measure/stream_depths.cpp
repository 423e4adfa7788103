// SPDX-License-Identifier: Apache-2.0
// See stream_depths.hpp.
#include "compiler/measure/stream_depths.hpp"

#include <fmt/format.h>

#include "runtime/base/parallel.hpp"
#include "runtime/simulate/fifo_sizing.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice {
namespace {

constexpr std::size_t kWarmUpImages = 2;

Result<double> simulated_interval(const Netlist& netlist, const std::vector<simulate::ImagePrograms>& images) {
  simulate::Simulation simulation(netlist, kWarmUpImages);
  for (std::size_t i = 0; i < kWarmUpImages + images.size(); ++i)
    SLUICE_CHECK(simulation.pass(images[i % images.size()]));
  return simulation.report().interval_cycles;
}

std::vector<simulate::ImagePrograms> programs_of(const simulate::Scheduler& scheduler,
                                                 const PictureModel& model, std::size_t row,
                                                 const std::vector<RowSample>& pictures) {
  std::vector<simulate::ImagePrograms> programs(pictures.size());
  parallel_each(pictures.size(), [&](std::size_t p) {
    programs[p] = scheduler.programs(model.picture(pictures[p].codes, row).work);
  });
  return programs;
}

}  // namespace

Result<StreamSizing> size_streams(Design& design, const DesignTable& rows, const std::vector<RowSample>& pictures,
                                  double tolerance, std::int64_t most_ram_blocks) {
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const PictureModel model(design, rows.all_thresholds(design.network, design.netlist));
  StreamSizing all{std::vector<double>(rows.rows.size(), 0.0), pictures.size(), 0, 0};
  simulate::FifoSizingOptions options{.tolerance = tolerance, .m20k_budget = most_ram_blocks};
  for (std::size_t row = rows.rows.size(); row-- > 0;) {
    const simulate::FifoSizing sized = SLUICE_TRY(
        simulate::size_fifos_by_simulation(design.netlist, programs_of(scheduler, model, row, pictures), options));
    options.least_depths = sized.depths;
    all.tolerance = std::max(all.tolerance, sized.tolerance);
  }
  for (std::size_t s = 0; s < design.netlist.streams.size(); ++s) {
    Stream& stream = design.netlist.streams[s];
    stream.why = fmt::format(
        "every row keeps its interval within {:.3g} %, simulated on {} calibration pictures; {} without them: {}",
        100 * all.tolerance, pictures.size(), stream.depth, stream.why);
    stream.depth = options.least_depths[s];
  }
  all.ram_blocks = stream_ram_blocks(design.netlist);
  for (std::size_t row = 0; row < rows.rows.size(); ++row)
    all.interval_cycles[row] =
        SLUICE_TRY(simulated_interval(design.netlist, programs_of(scheduler, model, row, pictures)));
  return all;
}

Result<double> deep_interval_cycles(const Design& design, const std::vector<RowSample>& pictures) {
  Netlist deep = design.netlist;
  const std::vector<int> depths = simulate::deep_depths(deep);
  for (std::size_t s = 0; s < depths.size(); ++s) deep.streams[s].depth = depths[s];
  const simulate::Scheduler scheduler(deep);
  const PictureModel model(design, {{}});
  return simulated_interval(deep, programs_of(scheduler, model, 0, pictures));
}

std::int64_t stream_ram_blocks(const Netlist& netlist) {
  std::int64_t blocks = 0;
  for (const Stream& stream : netlist.streams) blocks += simulate::m20k_blocks(stream, stream.depth);
  return blocks;
}

}  // namespace sluice
