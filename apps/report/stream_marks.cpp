// SPDX-License-Identifier: Apache-2.0
// Golden codes through the pipeline, in turn (see stream_marks.hpp).
#include "apps/report/stream_marks.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/bundle/golden_codes.hpp"
#include "runtime/evaluate/picture_model.hpp"

namespace sluice::page {
Result<simulate::SimulationReport> simulate_golden(const Bundle& bundle, std::size_t row) {
  const auto pictures = SLUICE_TRY(golden_codes(bundle));
  if (pictures.empty()) {
    return user_error("{}: no golden pictures to simulate; leave them out with --no-simulation",
                      bundle.folder().string());
  }
  const simulate::Scheduler scheduler(bundle.netlist());
  const PictureModel model(bundle.design(), {bundle.table().thresholds(bundle.network(), bundle.netlist(), row)});
  simulate::Simulation simulation(bundle.netlist(), kFillingPictures);
  for (std::size_t i = 0; i < kFillingPictures + kMeasuredPictures; ++i) {
    SLUICE_CHECK(check_interrupt());
    SLUICE_CHECK(simulation.pass(scheduler.programs(model.picture(pictures[i % pictures.size()], 0).work)));
  }
  return simulation.report();
}

}  // namespace sluice::page
