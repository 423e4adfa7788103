// SPDX-License-Identifier: Apache-2.0
// search_report: how hardware and rows were found, as the bundle's report/search.json.
//
// Why: who is told a table asks what else was possible, and what it cost. report.json says what was built; this says
// what was weighed. All cycles in it are estimated, losses are measured on the search pictures.
//
// Before: all phases up to `measure`. After: JSON with the loss table by layer, the scale of losses, the designs that
// were explored, the front and which of it became rows. search_report_from_json() gives back what was written; a file
// that is broken or of another version is refused by a sentence.
#pragma once

#include <string>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

std::string search_report(const PlanJob& job);

// That file, as a reader of a bundle has it.
struct SearchReport {
  std::size_t search_images = 0;
  double most_loss_points = 0;
  std::vector<std::string> layer_names;  // of `losses`
  search::LossTable losses;
  search::LossScale scale;
  search::RowSearch rows;
  std::string why_single;
  bool is_dense_alone = false;
  double dense_cycles = 0;             // simulated, of the best design of dense engines alone; 0: not simulated
  std::vector<double> mixture_cycles;  // beside it, those of the mixture's rows
  std::vector<Baseline> baselines;     // each with a row
  std::optional<ExploredHardware> hardware;
};

Result<SearchReport> search_report_from_json(const std::string& text);

// What the search says of itself in a few lines, for people.
std::string search_text(const PlanState& state);

// Dense engines alone beside the mixture's row 0, both simulated on the same pictures at `clock_mhz`; empty where they
// were not. `mixture_cycles`: of its rows, the densest first.
std::string dense_alone_text(double dense_cycles, const std::vector<double>& mixture_cycles, bool is_dense_alone,
                             double clock_mhz);

// What racing and remembering spared, one line; empty where there were no trials.
std::string trials_text(const search::RaceCounts& raced);

}  // namespace sluice
