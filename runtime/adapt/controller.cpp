// SPDX-License-Identifier: Apache-2.0
// Probes, canaries, decisions and when they take effect (see controller.hpp).
#include "runtime/adapt/controller.hpp"

#include <algorithm>

#include "runtime/adapt/min_accuracy.hpp"
#include "runtime/adapt/target_rate.hpp"

namespace sluice {

Controller::Controller(const DesignModel& model, const PolicyOptions& options, std::uint64_t lag_images,
                       std::unique_ptr<RowPolicy> policy)
    : options_(options),
      lag_images_(lag_images),
      clock_hz_(1e6 * model.table.clock_mhz),
      rows_(static_cast<std::uint32_t>(model.table.rows.size())),
      by_accuracy_(rows_by_accuracy(model.table)),
      policy_(std::move(policy)),
      monitor_(model),
      disagreement_(rows_, options.canary_period) {
  begin_policy(0);
}

void Controller::begin_policy(std::uint64_t from) {
  while (!switches_.empty() && switches_.back().from >= from) switches_.pop_back();
  if (options_.policy == Policy::fixed) {
    policy_ = nullptr;
    switches_.push_back({from, options_.row, 0, from, {}, options_.canary_period});
    return;
  }
  if (options_.policy == Policy::min_accuracy) {
    if (!policy_) policy_ = std::make_unique<MinAccuracy>(options_.most_disagreement);
    const Choice first = policy_->choose({0, kDensest, by_accuracy_, forecasts()});
    switches_.push_back({from, first.row, 0, from, first.candidate, options_.canary_period});
    return;
  }
  if (!policy_) policy_ = std::make_unique<TargetRate>(options_.target_images_per_s, options_.window_images, rows_);
  switches_.push_back({from, first_row(), rows_ < 2 ? 0 : options_.probe_period, from, {}, options_.canary_period});
}

std::uint64_t Controller::set_policy(const PolicyOptions& options, std::optional<std::uint64_t> from) {
  const std::lock_guard lock(mutex_);
  options_ = options;
  policy_ = nullptr;
  disagreement_.set_period(options.canary_period);
  const std::uint64_t first = from.value_or(asked_);
  begin_policy(first);
  return first;
}

// Before any picture the table's own figures are all there is.
std::uint32_t Controller::first_row() const {
  const std::vector<RowForecast> rows = forecasts();
  std::uint32_t fastest = by_accuracy_[0];
  for (const std::uint32_t row : by_accuracy_) {
    if (rows[row].images_per_s >= options_.target_images_per_s) return row;
    if (rows[row].images_per_s > rows[fastest].images_per_s) fastest = row;
  }
  return fastest;
}

// The rows next to it in accuracy: one or two.
std::vector<std::uint32_t> Controller::neighbours(std::uint32_t row) const {
  const auto at = std::find(by_accuracy_.begin(), by_accuracy_.end(), row);
  std::vector<std::uint32_t> next;
  if (at != by_accuracy_.begin()) next.push_back(*(at - 1));
  if (at + 1 != by_accuracy_.end()) next.push_back(*(at + 1));
  return next;
}

std::uint32_t Controller::probed_row(std::uint32_t row, std::uint64_t turn) const {
  const std::vector<std::uint32_t> near = neighbours(row);
  if (turn % kFarProbe == kFarProbe - 1 && rows_ > near.size() + 1) {
    std::vector<std::uint32_t> far;
    for (const std::uint32_t other : by_accuracy_) {
      if (other != row && std::find(near.begin(), near.end(), other) == near.end()) far.push_back(other);
    }
    return far[static_cast<std::size_t>(turn / kFarProbe % far.size())];
  }
  return near[static_cast<std::size_t>(turn % near.size())];
}

ImageRows Controller::rows_for(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  asked_ = index + 1;
  while (switches_.size() > 1 && switches_[1].from <= index) switches_.pop_front();
  const Switch& now = switches_.front();
  ImageRows rows{now.row, {}};
  if (now.probe_period != 0 && index % now.probe_period == now.probe_period - 1) {
    probes_.push_back(index);
    rows.answer = probed_row(now.row, index / now.probe_period);
  }
  if (!is_canary(index, now.canary_period)) return rows;
  if (rows.answer != kDensest) rows.canaries.push_back(kDensest);
  if (now.candidate && *now.candidate != rows.answer) rows.canaries.push_back(*now.candidate);
  return rows;
}

bool Controller::is_probe_unlocked(std::uint64_t index) const {
  return std::binary_search(probes_.begin(), probes_.end(), index);
}

bool Controller::is_probe(std::uint64_t index) const {
  const std::lock_guard lock(mutex_);
  return is_probe_unlocked(index);
}

std::uint32_t Controller::row() const {
  const std::lock_guard lock(mutex_);
  return switches_.back().row;
}

// The densest row cannot disagree with itself.
std::optional<double> Controller::bound_of(std::uint32_t row) const {
  return row == kDensest ? 0 : disagreement_.bound(row);
}

std::optional<double> Controller::disagreement_bound(std::uint32_t row) const {
  const std::lock_guard lock(mutex_);
  return bound_of(row);
}

std::vector<double> Controller::density() const {
  const std::lock_guard lock(mutex_);
  return monitor_.density(switches_.back().row);
}

double Controller::probe_share() const {
  const bool has_probes = options_.policy == Policy::target_fps && options_.probe_period != 0 && rows_ > 1;
  return has_probes ? 1.0 / static_cast<double>(options_.probe_period) : 0;
}

std::vector<RowForecast> Controller::forecasts() const {
  const double share = probe_share();
  const double canary_share = options_.canary_period == 0 ? 0 : 1.0 / static_cast<double>(options_.canary_period);
  const Switch* const last = switches_.empty() ? nullptr : &switches_.back();
  std::vector<RowForecast> all;
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const Forecast alone = monitor_.forecast(row);
    double cycles = (1 - share) * alone.interval_cycles;
    const std::vector<std::uint32_t> near = share > 0 ? neighbours(row) : std::vector<std::uint32_t>();
    for (const std::uint32_t other : near)
      cycles += share / static_cast<double>(near.size()) * monitor_.forecast(other).interval_cycles;
    if (row != kDensest) cycles += canary_share * monitor_.forecast(kDensest).interval_cycles;
    if (last && last->candidate && row != *last->candidate)
      cycles += canary_share * monitor_.forecast(*last->candidate).interval_cycles;
    all.push_back({clock_hz_ / cycles, alone.relative_error, disagreement_.canaries(row), bound_of(row)});
  }
  return all;
}

// What disagreed before the pictures changed says nothing of them now.
void Controller::take_canaries(const Observation& answer, std::span<const Observation> canaries) {
  for (const Observation& canary : canaries) monitor_.observe(canary, Purpose::canary);
  if (changes_ != monitor_.changes()) disagreement_.restart();
  changes_ = monitor_.changes();
  disagreement_.forget_before(answer.index);
  std::vector<const Observation*> runs;
  if (answer.best_class) runs.push_back(&answer);
  for (const Observation& canary : canaries) runs.push_back(&canary);
  const auto densest = std::find_if(runs.begin(), runs.end(), [](const auto* run) { return run->row == kDensest; });
  if (canaries.empty() || densest == runs.end()) return;
  for (const Observation* run : runs) {
    if (run->row != kDensest) disagreement_.add(run->row, answer.index, run->best_class != (*densest)->best_class);
  }
}

std::optional<Decision> Controller::observe(const Observation& seen, std::span<const Observation> canaries) {
  const std::lock_guard lock(mutex_);
  monitor_.observe(seen, is_probe_unlocked(seen.index) ? Purpose::probe : Purpose::answer);
  take_canaries(seen, canaries);
  while (!probes_.empty() && probes_.front() <= seen.index) probes_.pop_front();
  if (!window_start_)
    window_start_ = seen.completed_at;
  else
    ++window_images_;
  ++observed_;
  if (!policy_ || observed_ % options_.period_images != 0) return std::nullopt;

  Decision decision;
  decision.after_image = seen.index;
  decision.row = decision.choice = switches_.back().row;
  const double seconds = std::chrono::duration<double>(seen.completed_at - *window_start_).count();
  if (seconds > 0) decision.realised_images_per_s = static_cast<double>(window_images_) / seconds;
  window_start_ = seen.completed_at;
  window_images_ = 0;
  const std::vector<RowForecast> rows = forecasts();
  for (const RowForecast& row : rows) {
    decision.predicted_images_per_s.push_back(row.images_per_s);
    decision.predicted_error.push_back(row.relative_error);
    decision.canaries.push_back(row.canaries);
    decision.disagreement_bound.push_back(row.disagreement_bound);
  }
  decision.density = monitor_.density(decision.row);
  decision.changing_layers = monitor_.changing_layers(decision.row);
  decision.images_since_change = monitor_.images_since_change();
  decision.effective_from = seen.index + lag_images_;
  const Switch last = switches_.back();
  decision.candidate = last.candidate;
  if (last.dwells_from > 0 &&
      (seen.index < last.dwells_from || seen.index - last.dwells_from < options_.dwell_images)) {
    decision.reason = "dwell";
    return decision;
  }
  const Choice choice =
      policy_->choose({seen.index, decision.row, by_accuracy_, rows, monitor_.scatter(), decision.realised_images_per_s,
                       monitor_.images_since_change(), monitor_.changes()});
  decision.choice = choice.row;
  decision.reason = choice.reason;
  decision.candidate = choice.candidate;
  Switch next = last;
  next.row = choice.row;
  next.probe_period = probe_share() == 0 ? 0 : options_.probe_period * (choice.is_probing_affordable ? 1 : kRareProbes);
  next.candidate = choice.candidate;
  if (next == last) return decision;
  next.from = decision.effective_from;
  if (next.row != last.row || next.probe_period != last.probe_period) next.dwells_from = next.from;
  switches_.push_back(next);
  return decision;
}

}  // namespace sluice
