// SPDX-License-Identifier: Apache-2.0
// Phase: one step of a plan, as data: what it needs, what it makes, how that is kept in files.
//
// Why: a plan takes minutes to hours. It must survive a kill, begin again with another board after the expensive
// phases, and show what any phase made. The idea: one list knows the order (phases()). Every phase fills one member of
// PlanState, and saves and loads that member alone.
//
// Before run() and save(): what `needs` names has run or is loaded. After load(save(state)): the member is what it was.
// Errors of load() are Fault::user and mean that the files are of no use; the phase can run again.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

struct Phase {
  std::string name;
  std::string makes;               // in words
  std::vector<std::string> needs;  // earlier phases whose members it reads
  // What it is about to do, for the line that announces it.
  std::string (*story)(const PlanJob&);
  // What its result depends on besides earlier phases, by flag: {"--board": "a10_ref"}. Only with these a kept result
  // counts.
  nlohmann::json (*options)(const PlanJob&);
  Status (*run)(PlanJob&);
  BundleFiles (*save)(const PlanState&);
  Status (*load)(const BundleFiles&, PlanState&);
  std::string (*dump)(const PlanState&);  // for people
};

// In order; the last one writes the bundle.
const std::vector<Phase>& phases();

// An unknown name is an error that lists the possible ones.
Result<std::size_t> phase_index(const std::string& name);

Phase import_phase();
Phase validate_phase();
Phase calibrate_phase();
Phase quantise_phase();
Phase sensitivity_phase();
Phase choose_phase();
Phase search_phase();
Phase build_phase();
Phase check_phase();
Phase measure_phase();
Phase baselines_phase();
Phase write_phase();

// Content of a file that save() made; an error where it is absent.
Result<std::string> file_of(const BundleFiles& files, const std::string& name);
// The same, parsed; what `read` throws becomes an error that names the file.
Status read_json(const BundleFiles& files, const std::string& name,
                 const std::function<Status(const nlohmann::json&)>& read);

}  // namespace sluice
