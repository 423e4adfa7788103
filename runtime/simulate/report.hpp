// SPDX-License-Identifier: Apache-2.0
// A simulation's report for people and for programs. Every rate says that it is simulated and that the clock is
// assumed.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "runtime/bundle/bundle.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice::simulate {

// What a report says beside the simulation itself.
struct ReportContext {
  const Design& design;
  double clock_mhz = 0;
  PipelineOptions pipeline;
  std::string rows;          // under which rows the images ran
  bool has_kernels = false;  // text: every kernel, not each layer's busiest
  bool has_streams = false;  // text: every stream, not only those that were full
};

nlohmann::json to_json(const SimulationReport& report, const ReportContext& context);
// The last line is the result.
std::string to_text(const SimulationReport& report, const ReportContext& context);

}  // namespace sluice::simulate
