// SPDX-License-Identifier: Apache-2.0
// Runs the phases that are left, and keeps what each makes before the next begins (see plan.hpp).
#include "compiler/driver/plan.hpp"

#include <fmt/format.h>

#include "compiler/driver/resume.hpp"
#include "compiler/driver/serve_trials.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice {
namespace {

Status run_phase(PlanJob& job, StateFolder& folder, std::size_t index) {
  const Phase& phase = phases()[index];
  const nlohmann::json options = phase.options(job);
  job.phase_start = std::chrono::steady_clock::now();
  job.say(fmt::format("[{}/{}] {}: {}", index + 1, phases().size(), phase.name, phase.story(job)));
  try {
    SLUICE_CHECK(phase.run(job));
  } catch (const Interrupted&) {  // the phases before it are kept
    return check_interrupt();
  }
  const double seconds = job.phase_seconds[phase.name] = job.seconds_of_phase();
  // The last phase leaves a bundle, nothing to go on from.
  return index + 1 == phases().size() ? ok()
                                      : folder.save(index, {phase.name, options, seconds, {}}, phase.save(job.state));
}

// Runs what is left of the phases.
Result<PhaseRange> run_phases(PlanJob& job, StateFolder& folder) {
  const PhaseRange range = SLUICE_TRY(phases_to_run(job, folder));
  for (std::size_t p = range.first; p < range.end; ++p) {
    Status status = run_phase(job, folder, p);
    if (status) status = check_interrupt();
    if (!status && is_interrupted() && !folder.finished().empty()) {
      folder.keep();
      job.say(fmt::format("the state is kept in {}; the same command goes on from there", folder.path().string()));
    }
    SLUICE_CHECK(std::move(status));
  }
  return range;
}

}  // namespace

Result<std::optional<PlanResult>> plan(const PlanOptions& options, const Say& say, const Say& dump) {
  SLUICE_CHECK(check_plan_options(options));
  PlanJob job = SLUICE_TRY(PlanJob::open(options, say));
  StateFolder folder = SLUICE_TRY(StateFolder::open(options.state_folder()));
  if (options.keeps_state) folder.keep();

  const PhaseRange range = SLUICE_TRY(run_phases(job, folder));
  if (dump && !options.dump_after.empty()) {
    const std::size_t dumped = SLUICE_TRY(phase_index(options.dump_after));
    if (dumped < range.end) dump(phases()[dumped].dump(job.state));
  }
  if (!options.stop_after.empty()) {
    folder.keep();
    say(fmt::format("stopped after {}; the state is kept in {}", options.stop_after, folder.path().string()));
  } else if (!options.keeps_state && options.from.empty()) {
    SLUICE_CHECK(folder.remove());
  }
  return std::move(job.state.result);
}

Status plan_trials(PlanOptions options, const Say& say, std::istream& in, std::ostream& out) {
  if (!options.target || options.target_images_per_s > 0)
    return user_error("trials are costed for the fastest design of a board or budget; name one (--board, --budget)");
  // What is dumped is loaded, with all that it needs.
  options.stop_after = options.dump_after = "sensitivity";
  SLUICE_CHECK(check_plan_options(options));
  PlanJob job = SLUICE_TRY(PlanJob::open(options, say));
  StateFolder folder = SLUICE_TRY(StateFolder::open(options.state_folder()));
  folder.keep();
  SLUICE_CHECK(run_phases(job, folder));
  return serve_trials(job, in, out);
}

}  // namespace sluice
