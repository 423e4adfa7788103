// SPDX-License-Identifier: Apache-2.0
// See stream_depths.hpp.
#include "compiler/sparsity/stream_depths.hpp"

#include <tbb/parallel_for.h>

#include "runtime/simulate/fifo_sizing.hpp"
#include "runtime/simulate/picture_model.hpp"

namespace sluice {

Status size_streams(Design& design, const DesignTable& rows, const std::vector<RowSample>& pictures, double tolerance) {
  const simulate::Scheduler scheduler = SLUICE_TRY(simulate::Scheduler::make(design.netlist));
  const simulate::PictureModel model(design, simulate::thresholds_of_rows(rows, design));
  simulate::FifoSizingOptions options{.tolerance = tolerance};
  for (std::size_t row = rows.rows.size(); row-- > 0;) {
    std::vector<simulate::ImagePrograms> programs(pictures.size());
    tbb::parallel_for(std::size_t{0}, pictures.size(), [&](std::size_t p) { programs[p] = scheduler.programs(model.picture(pictures[p].codes, row).work); });
    options.least_depths = SLUICE_TRY(simulate::size_fifos_by_simulation(design.netlist, programs, options)).depths;
  }
  for (std::size_t s = 0; s < design.netlist.streams.size(); ++s) {
    Stream& stream = design.netlist.streams[s];
    stream.why = fmt::format("every row keeps its interval within {:.3g} %, simulated on {} calibration pictures; {} without them: {}", 100 * tolerance,
                             pictures.size(), stream.depth, stream.why);
    stream.depth = options.least_depths[s];
  }
  return ok();
}

}  // namespace sluice
