// SPDX-License-Identifier: Apache-2.0
// What a verb is, and what all verbs share.
//
// A verb adds its options to its sub-command and returns the function to run. Results go to standard output, the last
// line being the result; progress and errors go to standard error through log.hpp, so that a pipe sees results only.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/cli/arguments.hpp"
#include "compiler/driver/plan.hpp"
#include "runtime/base/status.hpp"
#include "runtime/images/image_set.hpp"
#include "runtime/session/session.hpp"

namespace sluice::cli {

struct Common {
  bool is_json = false;
  bool is_quiet = false;
  std::uint64_t seed = 1;  // of what Verb::seeds says
  std::string command;     // as it was given, for a shell to read again
};

using Run = std::function<Status()>;

struct Verb {
  const char* name;
  const char* what;
  const char* seeds;  // what is random in this verb; null: nothing
  Run (*declare)(Command command, const Common& common);
};

// All there are, in the order of the help.
std::span<const Verb> all_verbs();

// Each declares its options on `command` and returns what to run. `common` outlives the run.
Run verb_check(Command command, const Common& common);
Run verb_plan(Command command, const Common& common);
Run verb_build(Command command, const Common& common);
Run verb_simulate(Command command, const Common& common);
Run verb_classify(Command command, const Common& common);
Run verb_camera(Command command, const Common& common);
Run verb_eval(Command command, const Common& common);
Run verb_bench(Command command, const Common& common);
Run verb_inspect(Command command, const Common& common);
Run verb_report(Command command, const Common& common);
Run verb_rebuild_kernels(Command command, const Common& common);
Run verb_boards(Command command, const Common& common);
Run verb_replay(Command command, const Common& common);
Run verb_completion(Command command, const Common& common);
Run verb_manual(Command command, const Common& common);
Run verb_search(Command command, const Common& common);

// Options that several verbs have.
struct ImageFlags {
  std::vector<std::filesystem::path> sources;
  std::filesystem::path labels;
  std::size_t first = 0;
  std::string part = "all";

  // `labels_help` says what the file holds for this verb.
  void declare(Command command, const std::string& name, bool is_required);
  Result<ImageSet> open() const;
};

struct DeviceFlags {
  bool is_exact = false;
  bool is_paced = false;
  bool is_emulated = false;
  bool has_planned_depths = false;
  bool trusts_kernels = false;
  std::string device = "cpu";
  std::size_t images_in_flight = 0, threads = 0;
  std::filesystem::path binary, trace;
  std::string platform, board, faults;
  double answer_limit_s = 0;

  // `besides`: what else the verb takes for a device's name.
  void declare(Command command, const std::string& besides = {});
  // With options of a session: several devices that stand in for each other, a trace.
  void declare_session(Command command, const std::string& besides = {});
  // The bundle, at the clock of --binary where that is known (runtime/bundle/fitted_build.hpp).
  Result<std::shared_ptr<const Bundle>> open_bundle(const std::filesystem::path& folder) const;
  Result<std::unique_ptr<Device>> open(const Bundle& bundle) const;
  Result<Devices> open_several(const Bundle& bundle) const;
  // Of a session on them: a takeover is told on standard error.
  SessionOptions session() const;

 private:
  DeviceOptions options() const;
};

// How rows are chosen while a stream runs.
struct PolicyFlags {
  std::uint64_t usual_canary_period = 50;  // where a policy needs canaries

  PolicyOptions options;
  std::string policy = "fixed";
  std::optional<double> most_disagreement_percent;
  std::optional<std::uint64_t> canary_period;
  std::filesystem::path audit_log;

  void declare(Command command);
  // The same without an audit log: for a stream that is over.
  void declare_policy(Command command);
  // Of the options that it declares.
  static std::vector<std::string> names();
  Result<PolicyOptions> get() const;
};

// Images/s of a stream on this device: of the device's own clock where that is simulated, of the wall clock otherwise.
double rate_of(const StreamStatistics& statistics, const DeviceInfo& device);

}  // namespace sluice::cli
