// SPDX-License-Identifier: Apache-2.0
// Takes the decisions of an audit log again (see replay.hpp).
#include "runtime/adapt/replay.hpp"

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

}  // namespace

Replay replay(const Audit& audit) {
  Replay result;
  Controller controller(audit.start.model, audit.start.options, audit.start.lag_images);
  PoliciesOfLog policies(audit);
  for (const AuditImage& image : audit.images) {
    policies.set_before(result.images++, controller);
    const std::uint32_t row = controller.row_for(image.seen.index);
    if (row != image.seen.row || controller.is_probe(image.seen.index) != image.is_probe) {
      note_difference(result, to_line(image.seen, image.is_probe),
                      fmt::format("row {}{} for image {}", row,
                                  controller.is_probe(image.seen.index) ? " as a probe" : "", image.seen.index));
    }
    const std::optional<Decision> decision = controller.observe(image.seen);
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
  return result;
}

Result<Replay> replay(const Audit& audit, const DesignTable& table) {
  const DesignTable& logged = audit.start.model.table;
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
  const PolicyOptions& options = audit.start.options;
  const auto check = [&](const PolicyOptions& policy) -> Status {
    Status status = check_policy(policy, table);
    return status ? ok() : std::move(status).error().in("the log's policy on this table");
  };
  SLUICE_CHECK(check(options));
  for (const AuditPolicy& policy : audit.policies) SLUICE_CHECK(check(policy.options));
  DesignModel model = audit.start.model;
  model.table = table;
  // Every image is an observation of all rows; whose turn a probe would have been does not matter.
  Replay result;
  result.is_same_table = false;
  Controller controller(model, options, audit.start.lag_images);
  PoliciesOfLog policies(audit);
  for (const AuditImage& image : audit.images) {
    policies.set_before(result.images++, controller);
    Observation seen = image.seen;
    seen.row = controller.row_for(image.seen.index);
    for (std::size_t l = 0; l < seen.cycles.size(); ++l) {
      const TableLayer& was = logged.rows[image.seen.row].layers[l];
      const TableLayer& is = table.rows[seen.row].layers[l];
      if (was.cycles > 0) seen.cycles[l] *= is.cycles / was.cycles;
      if (was.density_assumed > 0)
        seen.pairs[l] =
            static_cast<std::int64_t>(static_cast<double>(seen.pairs[l]) * is.density_assumed / was.density_assumed);
    }
    take(result, controller.observe(seen));
  }
  return result;
}

}  // namespace sluice
