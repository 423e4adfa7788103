// SPDX-License-Identifier: Apache-2.0
// Probes, decisions and when they take effect (see controller.hpp).
#include "runtime/adapt/controller.hpp"

#include <algorithm>

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
      monitor_(model) {
  begin_policy(0);
}

void Controller::begin_policy(std::uint64_t from) {
  while (!switches_.empty() && switches_.back().from >= from) switches_.pop_back();
  if (options_.policy == Policy::fixed) {
    policy_ = nullptr;
    switches_.push_back({from, options_.row, 0});
    return;
  }
  if (!policy_) policy_ = std::make_unique<TargetRate>(options_.target_images_per_s, options_.window_images, rows_);
  switches_.push_back({from, first_row(), rows_ < 2 ? 0 : options_.probe_period});
}

std::uint64_t Controller::set_policy(const PolicyOptions& options, std::optional<std::uint64_t> from) {
  const std::lock_guard lock(mutex_);
  options_ = options;
  policy_ = nullptr;
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

std::uint32_t Controller::row_for(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  asked_ = index + 1;
  while (switches_.size() > 1 && switches_[1].from <= index) switches_.pop_front();
  const auto& [from, row, period] = switches_.front();
  if (period == 0 || index % period != period - 1) return row;
  probes_.push_back(index);
  return probed_row(row, index / period);
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

std::vector<RowForecast> Controller::forecasts() const {
  const double share = options_.probe_period == 0 || rows_ < 2 ? 0 : 1.0 / static_cast<double>(options_.probe_period);
  std::vector<RowForecast> all;
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const Forecast alone = monitor_.forecast(row);
    double cycles = (1 - share) * alone.interval_cycles;
    const std::vector<std::uint32_t> near = share > 0 ? neighbours(row) : std::vector<std::uint32_t>();
    for (const std::uint32_t other : near)
      cycles += share / static_cast<double>(near.size()) * monitor_.forecast(other).interval_cycles;
    all.push_back({clock_hz_ / cycles, alone.relative_error});
  }
  return all;
}

std::optional<Decision> Controller::observe(const Observation& seen) {
  const std::lock_guard lock(mutex_);
  monitor_.observe(seen, is_probe_unlocked(seen.index));
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
  }
  decision.density = monitor_.density(decision.row);
  decision.changing_layers = monitor_.changing_layers(decision.row);
  decision.images_since_change = monitor_.images_since_change();
  decision.effective_from = seen.index + lag_images_;
  const Switch& last = switches_.back();
  if (last.from > 0 && (seen.index < last.from || seen.index - last.from < options_.dwell_images)) {
    decision.reason = "dwell";
    return decision;
  }
  const Choice choice =
      policy_->choose({seen.index, decision.row, by_accuracy_, rows, monitor_.scatter(), decision.realised_images_per_s,
                       monitor_.images_since_change(), monitor_.changes()});
  decision.choice = choice.row;
  decision.reason = choice.reason;
  const std::uint64_t period = rows_ < 2 ? 0 : options_.probe_period * (choice.is_probing_affordable ? 1 : kRareProbes);
  if (choice.row != last.row || period != last.probe_period)
    switches_.push_back({decision.effective_from, choice.row, period});
  return decision;
}

}  // namespace sluice
