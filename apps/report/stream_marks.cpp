// SPDX-License-Identifier: Apache-2.0
// Golden codes through the pipeline, in turn (see stream_marks.hpp).
#include "apps/report/stream_marks.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/bundle/code_bytes.hpp"
#include "runtime/evaluate/picture_model.hpp"

namespace sluice::page {
namespace {

using Codes = std::vector<std::int16_t>;

Result<std::vector<Codes>> golden_codes(const Bundle& bundle) {
  const IntegerNetwork& network = bundle.network();
  const std::size_t code_count =
      std::size_t(network.input.height) * std::size_t(network.input.width) * std::size_t(network.input.channels);
  std::vector<Codes> pictures;
  for (const auto& [name, hash] : bundle.hashes()) {
    if (!name.starts_with("golden/input_")) continue;
    const std::string bytes = SLUICE_TRY(bundle.read(name));
    pictures.push_back(codes_from_bytes(bytes, network.input_bits));
    if (pictures.back().size() != code_count) {
      return user_error("{}: {}: {} codes, where the network takes {}; plan the bundle again", bundle.folder().string(),
                        name, pictures.back().size(), code_count);
    }
  }
  if (pictures.empty()) {
    return user_error("{}: no golden pictures to simulate; leave them out with --no-simulation",
                      bundle.folder().string());
  }
  return pictures;
}

}  // namespace

Result<simulate::SimulationReport> simulate_golden(const Bundle& bundle, std::size_t row) {
  const std::vector<Codes> pictures = SLUICE_TRY(golden_codes(bundle));
  const simulate::Scheduler scheduler(bundle.netlist());
  const PictureModel model(bundle.design(),
                                     {bundle.table().thresholds(bundle.network(), bundle.netlist(), row)});
  simulate::Simulation simulation(bundle.netlist(), kFillingPictures);
  for (std::size_t i = 0; i < kFillingPictures + kMeasuredPictures; ++i) {
    SLUICE_CHECK(check_interrupt());
    SLUICE_CHECK(simulation.pass(scheduler.programs(model.picture(pictures[i % pictures.size()], 0).work)));
  }
  return simulation.report();
}

}  // namespace sluice::page
