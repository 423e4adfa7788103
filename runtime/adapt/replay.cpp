// SPDX-License-Identifier: Apache-2.0
// Takes the decisions of an audit log again (see replay.hpp).
#include "runtime/adapt/replay.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

void note_difference(Replay& replay, const std::string& logged, const std::string& replayed) {
  if (replay.differences++ == 0)
    replay.first_difference = fmt::format("the log says\n  {}\nthe replay says\n  {}", logged, replayed);
}

void take(Replay& replay, const std::optional<Decision>& decision) {
  if (!decision) return;
  replay.switches += decision->choice != decision->row;
  replay.decisions.push_back(*decision);
}

Replay begun(const DesignTable& table, const PolicyOptions& policy) {
  Replay replay;
  replay.policy = policy;
  replay.images_of_row.resize(table.rows.size());
  return replay;
}

void take_rate(Replay& replay, std::chrono::nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (seconds > 0) replay.images_per_s = static_cast<double>(replay.images - 1) / seconds;
}

// The log's policies, each from the place where it stands on.
class PoliciesOfLog {
 public:
  explicit PoliciesOfLog(const Audit& audit) : next_(audit.policies.begin()), end_(audit.policies.end()) {}

  void set_before(std::size_t image, Controller& controller) {
    for (; next_ != end_ && next_->after_images <= image; ++next_)
      controller.set_policy(next_->options, next_->effective_from);
  }

 private:
  std::vector<AuditPolicy>::const_iterator next_;
  const std::vector<AuditPolicy>::const_iterator end_;
};

std::string text_of(const ImageRows& rows, bool is_probe) {
  std::string text = fmt::format("row {}{}", rows.answer, is_probe ? " as a probe" : "");
  for (const std::uint32_t row : rows.canaries) text += fmt::format(", row {} as a canary", row);
  return text;
}

ImageRows rows_of(const AuditImage& image) {
  ImageRows rows{image.seen.row, {}};
  for (const Observation& canary : image.canaries) rows.canaries.push_back(canary.row);
  return rows;
}

// What an image that ran under a row of one table would take under a row of another one.
class Scaling {
 public:
  Scaling(const DesignTable& from, const DesignTable& to) : from_(from), to_(to) {}

  Observation under(const Observation& seen, std::uint32_t row) const {
    Observation other = seen;
    other.row = row;
    for (std::size_t l = 0; l < seen.cycles.size(); ++l) {
      const TableLayer& was = from_.rows[seen.row].layers[l];
      const TableLayer& is = to_.rows[row].layers[l];
      if (was.cycles > 0) other.cycles[l] *= is.cycles / was.cycles;
      if (was.density_assumed > 0)
        other.pairs[l] =
            static_cast<std::int64_t>(static_cast<double>(seen.pairs[l]) * is.density_assumed / was.density_assumed);
    }
    return other;
  }

 private:
  const DesignTable& from_;
  const DesignTable& to_;
};

double slowest_cycles(const Observation& seen, double floor_cycles) {
  double slowest = floor_cycles;
  for (const double cycles : seen.cycles) slowest = std::max(slowest, cycles);
  return slowest;
}

Status check_table(const DesignTable& table, const DesignTable& logged) {
  if (table.design_hash != logged.design_hash) {
    return user_error(
        "the log is of design {}, the table of design {}; a log can be replayed against tables of its own design",
        logged.design_hash.substr(0, 12), table.design_hash.substr(0, 12));
  }
  for (const TableRow& row : table.rows) {
    if (row.layers.size() != logged.rows[0].layers.size())
      return user_error("table row {}: {} layers, the log has {}", row.id, row.layers.size(),
                        logged.rows[0].layers.size());
  }
  return ok();
}

Status check_otherwise(const Audit& audit, const Otherwise& otherwise, const DesignTable& table) {
  if (otherwise.table) SLUICE_CHECK(check_table(*otherwise.table, audit.start.model.table));
  std::vector<PolicyOptions> policies{otherwise.policy.value_or(audit.start.options)};
  for (std::size_t p = 0; p < audit.policies.size() && !otherwise.policy; ++p)
    policies.push_back(audit.policies[p].options);
  const bool has_canaries =
      std::any_of(audit.images.begin(), audit.images.end(), [](const auto& image) { return !image.canaries.empty(); });
  for (const PolicyOptions& policy : policies) {
    Status status = check_policy(policy, table);
    if (!status) return otherwise.policy ? status : std::move(status).error().in("the log's policy on this table");
    if (policy.policy != Policy::min_accuracy) continue;
    if (otherwise.table)
      return user_error("the log does not say what another table's rows would have answered; min-accuracy needs it");
    if (!has_canaries)
      return user_error("the log has no canaries, so min-accuracy would know of no row; log a stream with some");
  }
  return ok();
}

}  // namespace

Replay replay(const Audit& audit) {
  Replay result = begun(audit.start.model.table, audit.start.options);
  Controller controller(audit.start.model, audit.start.options, audit.start.lag_images);
  PoliciesOfLog policies(audit);
  for (const AuditImage& image : audit.images) {
    policies.set_before(result.images++, controller);
    const ImageRows rows = controller.rows_for(image.seen.index);
    const bool is_probe = controller.is_probe(image.seen.index);
    ++result.images_of_row[image.seen.row];
    if (rows != rows_of(image) || is_probe != image.is_probe)
      note_difference(result, to_line(image),
                      fmt::format("{} for image {}", text_of(rows, is_probe), image.seen.index));
    const std::optional<Decision> decision = controller.observe(image.seen, image.canaries);
    take(result, decision);
    if (!decision) continue;
    const std::string line = to_line(*decision, audit.start.model);
    const std::size_t at = result.decisions.size() - 1;
    const std::string logged = at < audit.decisions.size() ? audit.decisions[at] : "(no further decision)";
    if (line != logged) note_difference(result, logged, line);
  }
  for (std::size_t d = result.decisions.size(); d < audit.decisions.size(); ++d) {
    note_difference(result, audit.decisions[d], "(no further decision)");
  }
  if (!audit.images.empty())
    take_rate(result, audit.images.back().seen.completed_at - audit.images.front().seen.completed_at);
  return result;
}

Result<Replay> replay(const Audit& audit, const Otherwise& otherwise) {
  const DesignTable& logged = audit.start.model.table;
  DesignModel model = audit.start.model;
  if (otherwise.table) model.table = *otherwise.table;
  SLUICE_CHECK(check_otherwise(audit, otherwise, model.table));
  const PolicyOptions options = otherwise.policy.value_or(audit.start.options);
  Replay result = begun(model.table, options);
  Controller controller(model, options, audit.start.lag_images);
  PoliciesOfLog policies(audit);
  const Scaling scaling(logged, model.table);
  std::chrono::duration<double, std::nano> now{0};
  for (std::size_t i = 0; i < audit.images.size(); ++i) {
    if (!otherwise.policy) policies.set_before(i, controller);
    const AuditImage& image = audit.images[i];
    Observation seen = scaling.under(image.seen, controller.rows_for(image.seen.index).answer);
    if (i == 0) {
      now = seen.completed_at;
    } else {
      const double floor = model.floor_cycles;
      now += (image.seen.completed_at - audit.images[i - 1].seen.completed_at) *
             (slowest_cycles(seen, floor) / slowest_cycles(image.seen, floor));
    }
    seen.completed_at = std::chrono::duration_cast<std::chrono::nanoseconds>(now);
    ++result.images;
    ++result.images_of_row[seen.row];
    // What another row would have answered is not known. What the log's rows answered tells of them all the same.
    std::vector<Observation> canaries;
    if (!otherwise.table) canaries = image.canaries;
    if (seen.row != image.seen.row) {
      seen.best_class.reset();
      if (!canaries.empty()) canaries.push_back(image.seen);
    }
    for (Observation& canary : canaries) canary.completed_at = seen.completed_at;
    take(result, controller.observe(seen, canaries));
  }
  if (result.images > 1)
    take_rate(result, std::chrono::duration_cast<std::chrono::nanoseconds>(now) - audit.images[0].seen.completed_at);
  return result;
}

}  // namespace sluice
