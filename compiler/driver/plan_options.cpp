// SPDX-License-Identifier: Apache-2.0
// Where the state stands by default, and what is refused at once (see plan_options.hpp).
#include "compiler/driver/plan_options.hpp"

#include "compiler/driver/engine_rule.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/pipeline/layer_config.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

constexpr double kTargetSizingPercent = 1;

// The folder that a path names, whether or not it ends in a slash.
fs::path without_slash(const fs::path& folder) {
  const fs::path clean = folder.lexically_normal();
  return clean.has_filename() ? clean : clean.parent_path();
}

Status check_output(const fs::path& output) {
  if (output.empty()) return user_error("-o: the name of the output folder is empty");
  std::error_code error;
  if (fs::exists(fs::symlink_status(output, error))) {
    return user_error("{}: exists already; remove it or choose another output folder", output.string());
  }
  const fs::path absolute = SLUICE_TRY(absolute_path(without_slash(output)));
  const fs::path parent = absolute.parent_path();
  if (!fs::is_directory(parent, error)) return user_error("{}: no such folder to write into", parent.string());
  return ok();
}

}  // namespace

fs::path PlanOptions::state_folder() const {
  if (!state.empty()) return state;
  fs::path beside = without_slash(output);
  return beside += ".plan";
}

double PlanOptions::sizing_percent_or_default() const {
  return sizing_percent.value_or(target ? kTargetSizingPercent : 0);
}

Status check_plan_options(const PlanOptions& options) {
  SLUICE_CHECK(check_output(options.output));
  SLUICE_CHECK(only_engine(options.engine));
  if (options.has_baselines && (!options.target || options.target_images_per_s > 0))
    return user_error(
        "--baselines compares the fastest designs for a board or budget; name one (--board, --budget), {}",
        options.target ? "without --target-rate" : "sluice boards lists them");
  if (options.calibration.empty()) return user_error("no calibration pictures were given");
  if (!options.labels.empty() && options.calibration.size() > 1) {
    return user_error("--labels goes with one source of pictures, not {}", options.calibration.size());
  }
  for (const std::string& name : {options.from, options.stop_after, options.dump_after}) {
    if (!name.empty()) SLUICE_CHECK(phase_index(name));
  }
  if (options.stop_after.empty()) return ok();
  const std::size_t last = SLUICE_TRY(phase_index(options.stop_after));
  for (const auto& [flag, name] : {std::pair{"--from", &options.from}, {"--dump-after", &options.dump_after}}) {
    if (name->empty()) continue;
    const std::size_t index = SLUICE_TRY(phase_index(*name));
    if (index > last)
      return user_error("{} {} --stop-after {}: {} comes later", flag, *name, options.stop_after, *name);
  }
  return ok();
}

}  // namespace sluice
