// SPDX-License-Identifier: Apache-2.0
// sluice replay LOG [--table FILE | --bundle DIR] [--policy ...]: takes the decisions of an audit log again.
//
// Without an option a decision that comes out otherwise is a failure. With another table or policy the result says what
// it would have chosen, and at what rate, beside what was; then nothing is right or wrong.
#include <iostream>
#include <memory>

#include "apps/cli/verb.hpp"
#include "runtime/adapt/replay.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path log;
  std::filesystem::path table;
  std::filesystem::path bundle;
  PolicyFlags policy;
};

Result<DesignTable> other_table(const Options& options) {
  if (!options.bundle.empty()) {
    const Bundle bundle = SLUICE_TRY(Bundle::open(options.bundle));
    return bundle.table();
  }
  const std::string text = SLUICE_TRY(read_file(options.table, kMostTextBytes));
  auto table = table_from_json(text);
  if (!table) return std::move(table).error().in(options.table.string());
  return table;
}

std::string told(const AuditTakeover& t) {
  return fmt::format("after {} images {}", t.after_images, t.takeover.told());
}

json to_json(const Replay& r, const Audit& audit, const std::optional<Replay>& was) {
  json switches = json::array();
  for (const Decision& d : r.decisions) {
    if (d.choice == d.row) continue;
    switches.push_back({{"image", d.effective_from},
                        {"row", d.row},
                        {"choice", d.choice},
                        {"reason", d.reason},
                        {"expected_images_per_s", d.predicted_images_per_s[d.choice]}});
  }
  json takeovers = json::array();
  for (const AuditTakeover& t : audit.takeovers) takeovers.push_back(told(t));
  json j{{"images", r.images},
         {"decisions", r.decisions.size()},
         {"switches", switches},
         {"takeovers", takeovers},
         {"policy", to_text(r.policy.policy)},
         {"images_per_s", r.images_per_s},
         {"images_of_row", r.images_of_row},
         {"device", audit.start.device},
         {"rate_kind", audit.start.rate_kind},
         {"is_log_complete", audit.has_end},
         {"is_as_it_was", !was}};
  if (was)
    j["as_it_was"] = {
        {"images_per_s", was->images_per_s}, {"images_of_row", was->images_of_row}, {"switches", was->switches}};
  else
    j["differences"] = r.differences;
  return j;
}

void print(const Replay& r, const Audit& audit) {
  std::cout << fmt::format("{} images on {}, policy {}", r.images, audit.start.device, to_text(r.policy.policy));
  if (r.policy.policy == Policy::target_fps)
    std::cout << fmt::format(", target {:.0f} images/s", r.policy.target_images_per_s);
  if (r.policy.policy == Policy::min_accuracy)
    std::cout << fmt::format(", at most {:g} % of another class", 100 * r.policy.most_disagreement);
  std::cout << (audit.has_end ? "\n" : "; the log was cut short\n");
  for (const AuditTakeover& t : audit.takeovers) std::cout << told(t) << "\n";
  for (const Decision& d : r.decisions) {
    if (d.choice == d.row) continue;
    std::cout << fmt::format("image {:>7}: row {} -> {}  {:.0f} images/s expected {}; {}\n", d.effective_from, d.row,
                             d.choice, d.predicted_images_per_s[d.choice], audit.start.rate_kind, d.reason);
  }
}

// Rate and rows of one replay, in a line.
std::string rows_text(const Replay& r, const std::string& rate_kind) {
  std::string text = fmt::format("{:.0f} images/s {}, {} switches;", r.images_per_s, rate_kind, r.switches);
  for (std::size_t row = 0; row < r.images_of_row.size(); ++row)
    if (r.images_of_row[row] > 0)
      text += fmt::format(" row {}: {:.1f} %", row, 100 * double(r.images_of_row[row]) / double(r.images));
  return text;
}

// Numbers without a name are meant for the log's own policy.
Result<PolicyOptions> other_policy(const Options& options, Command command, const PolicyOptions& logged) {
  PolicyFlags flags = options.policy;
  if (command.count("--policy") == 0) flags.policy = to_text(logged.policy);
  return flags.get();
}

Status run_replay(const Options& options, Command command, const Common& common) {
  const Audit audit = SLUICE_TRY(read_audit_log(options.log));
  Otherwise otherwise;
  if (!options.table.empty() || !options.bundle.empty()) otherwise.table = SLUICE_TRY(other_table(options));
  bool has_policy = false;
  for (const std::string& name : PolicyFlags::names()) has_policy |= command.count(name) > 0;
  if (has_policy) otherwise.policy = SLUICE_TRY(other_policy(options, command, audit.start.options));
  const Replay was = replay(audit);
  const bool is_as_it_was = !otherwise.table && !otherwise.policy;
  Replay result = was;
  if (!is_as_it_was) result = SLUICE_TRY(replay(audit, otherwise));
  const std::optional<Replay> beside = is_as_it_was ? std::optional<Replay>() : was;
  if (common.is_json)
    std::cout << json_text(to_json(result, audit, beside), 1) << "\n";
  else
    print(result, audit);
  if (is_as_it_was && result.differences > 0) {
    return user_error(
        "{}: {} decisions come out otherwise; was the log edited, or written by another version? first, {}",
        options.log.string(), result.differences, result.first_difference);
  }
  if (common.is_json) return ok();
  if (is_as_it_was) {
    std::cout << fmt::format("{} decisions, {} switches: identical to the log\n", result.decisions.size(),
                             result.switches);
  } else {
    std::cout << fmt::format("as it was   {}\notherwise   {}\n", rows_text(was, audit.start.rate_kind),
                             rows_text(result, audit.start.rate_kind));
  }
  return ok();
}

}  // namespace

Run verb_replay(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("log", options->log, "audit log, from --audit-log of another verb").required();
  const Option table = command.add_option("--table", options->table,
                                          "a table.json of the same design, to see what would have been chosen");
  command.add_option("--bundle", options->bundle, "the same, from a bundle").excludes(table);
  options->policy.declare_policy(command);
  return [=, &common] { return run_replay(*options, command, common); };
}

}  // namespace sluice::cli
