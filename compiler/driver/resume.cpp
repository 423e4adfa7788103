// SPDX-License-Identifier: Apache-2.0
// Compares options, then loads what the phases that are left need (see resume.hpp).
#include "compiler/driver/resume.hpp"

#include <algorithm>
#include <set>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

using nlohmann::json;

// The first option that differs, in words; empty where none does.
std::string difference(const json& then, const json& now) {
  const auto shown = [](const json& all, const std::string& key) {
    return !all.contains(key) ? "not set" : all[key].is_string() ? all[key].get<std::string>() : all[key].dump();
  };
  std::set<std::string> keys;
  for (const json* all : {&then, &now})
    for (const auto& [key, value] : all->items()) keys.insert(key);
  for (const std::string& key : keys) {
    if (shown(then, key) != shown(now, key))
      return fmt::format("{} was {}, now it is {}", key, shown(then, key), shown(now, key));
  }
  return {};
}

struct Usable {
  std::size_t count = 0;  // phases whose kept results count
  std::string why;        // not more; empty where the plan simply did not come further
};

Usable usable_phases(const PlanJob& job, const StateFolder& folder) {
  Usable usable{0, folder.trouble()};
  // The last phase leaves a bundle, and runs always.
  for (; usable.count < std::min(folder.finished().size(), phases().size() - 1); ++usable.count) {
    const FinishedPhase& finished = folder.finished()[usable.count];
    if (phases()[usable.count].name != finished.name) break;
    usable.why = difference(finished.options, phases()[usable.count].options(job));
    if (!usable.why.empty()) break;
  }
  return usable;
}

Result<std::size_t> first_phase(const PlanJob& job, const StateFolder& folder) {
  const Usable usable = usable_phases(job, folder);
  if (job.options.from.empty()) {
    if (!usable.why.empty())
      job.say(
          fmt::format("{}: {}; planned anew from {}", folder.path().string(), usable.why, phases()[usable.count].name));
    else if (usable.count > 0)
      job.say(fmt::format("{}: results up to {} are taken up again", folder.path().string(),
                          phases()[usable.count - 1].name));
    return usable.count;
  }
  const std::size_t from = SLUICE_TRY(phase_index(job.options.from));
  if (from <= usable.count) return from;
  const std::string reason =
      usable.why.empty() ? fmt::format("its plan came {}",
                                       usable.count == 0 ? "to no result" : "up to " + phases()[usable.count - 1].name)
                         : usable.why;
  return user_error("--from {}: the state {} does not reach that far: {}; the first phase that can run is {}",
                    job.options.from, folder.path().string(), reason, phases()[usable.count].name);
}

// Loads what phases [first, end) need; the index of the phase whose files are of no use, or `first`.
Result<std::size_t> load_needed(PlanJob& job, const StateFolder& folder, std::size_t first, std::size_t end) {
  std::set<std::string> needed;
  for (std::size_t p = first; p < end; ++p) needed.insert(phases()[p].needs.begin(), phases()[p].needs.end());
  if (!job.options.dump_after.empty()) {
    needed.insert(job.options.dump_after);
    const std::size_t dumped = SLUICE_TRY(phase_index(job.options.dump_after));
    needed.insert(phases()[dumped].needs.begin(), phases()[dumped].needs.end());
  }
  for (std::size_t p = 0; p < first; ++p) {
    job.phase_seconds[phases()[p].name] = folder.finished()[p].seconds;
    if (!needed.contains(phases()[p].name)) continue;
    auto files = folder.read(p);
    const Status status = files ? phases()[p].load(*files, job.state) : Status(std::move(files).error());
    if (status) continue;
    if (status.error().fault() != Fault::user) return status.error();
    job.say(
        fmt::format("{}: {}; planned anew from {}", folder.path().string(), status.error().text(), phases()[p].name));
    return p;
  }
  return first;
}

}  // namespace

Result<PhaseRange> phases_to_run(PlanJob& job, const StateFolder& folder) {
  PhaseRange range;
  range.end = phases().size();
  if (!job.options.stop_after.empty()) {
    const std::size_t last = SLUICE_TRY(phase_index(job.options.stop_after));
    range.end = last + 1;
  }
  range.first = SLUICE_TRY(first_phase(job, folder));
  for (;;) {
    const std::size_t first = SLUICE_TRY(load_needed(job, folder, range.first, range.end));
    if (first == range.first) return range;
    range.first = first;
  }
}

}  // namespace sluice
