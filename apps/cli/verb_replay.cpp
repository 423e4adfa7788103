// SPDX-License-Identifier: Apache-2.0
// sluice replay LOG [--table FILE | --bundle DIR]: takes the decisions of an audit log again.
//
// Without an option the log's own table is used, and a decision that comes out otherwise is a failure. With another
// table the result says what it would have chosen; then nothing is right or wrong.
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

json to_json(const Replay& r, const Audit& audit) {
  json switches = json::array();
  for (const Decision& d : r.decisions) {
    if (d.choice == d.row) continue;
    switches.push_back({{"image", d.effective_from},
                        {"row", d.row},
                        {"choice", d.choice},
                        {"reason", d.reason},
                        {"expected_images_per_s", d.predicted_images_per_s[d.choice]}});
  }
  json j{{"images", r.images},
         {"decisions", r.decisions.size()},
         {"switches", switches},
         {"policy", to_text(audit.start.options.policy)},
         {"device", audit.start.device},
         {"rate_kind", audit.start.rate_kind},
         {"is_log_complete", audit.has_end},
         {"is_own_table", r.is_same_table}};
  if (r.is_same_table) j["differences"] = r.differences;
  return j;
}

void print(const Replay& r, const Audit& audit) {
  std::cout << fmt::format("{} images on {}, policy {}", r.images, audit.start.device,
                           to_text(audit.start.options.policy));
  if (audit.start.options.policy == Policy::target_fps)
    std::cout << fmt::format(", target {:.0f} images/s", audit.start.options.target_images_per_s);
  std::cout << (audit.has_end ? "\n" : "; the log was cut short\n");
  for (const Decision& d : r.decisions) {
    if (d.choice == d.row) continue;
    std::cout << fmt::format("image {:>7}: row {} -> {}  {:.0f} images/s expected {}; {}\n", d.effective_from, d.row,
                             d.choice, d.predicted_images_per_s[d.choice], audit.start.rate_kind, d.reason);
  }
}

Status run_replay(const Options& options, const Common& common) {
  const Audit audit = SLUICE_TRY(read_audit_log(options.log));
  const bool is_own = options.table.empty() && options.bundle.empty();
  Replay result;
  if (is_own) {
    result = replay(audit);
  } else {
    const DesignTable table = SLUICE_TRY(other_table(options));
    result = SLUICE_TRY(replay(audit, table));
  }
  if (common.is_json)
    std::cout << json_text(to_json(result, audit), 1) << "\n";
  else
    print(result, audit);
  if (is_own && result.differences > 0) {
    return user_error(
        "{}: {} decisions come out otherwise; was the log edited, or written by another version? first, {}",
        options.log.string(), result.differences, result.first_difference);
  }
  if (!common.is_json) {
    std::cout << fmt::format("{} decisions, {} switches{}\n", result.decisions.size(), result.switches,
                             is_own ? ": identical to the log" : " with the other table");
  }
  return ok();
}

}  // namespace

Run verb_replay(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("log", options->log, "audit log, from --audit-log of another verb").required();
  const Option table = command.add_option("--table", options->table,
                                          "a table.json of the same design, to see what it would have chosen");
  command.add_option("--bundle", options->bundle, "the same, from a bundle").excludes(table);
  return [=, &common] { return run_replay(*options, common); };
}

}  // namespace sluice::cli
