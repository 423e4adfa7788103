// SPDX-License-Identifier: Apache-2.0
// Chooses the rows (see controller.hpp).
#include "runtime/adapt/controller.hpp"

#include <algorithm>

namespace sluice {

Controller::Controller(const DesignModel& model, const PolicyOptions& options, std::uint64_t lag_images)
    : options_(options),
      lag_images_(lag_images),
      rows_(static_cast<std::uint32_t>(model.table.rows.size())),
      by_accuracy_(rows_by_accuracy(model.table)),
      monitor_(model) {
  switches_.push_back({0, options.policy == Policy::fixed ? options.row : first_row()});
}

// Before any picture the table's own figures are all there is.
std::uint32_t Controller::first_row() const {
  std::uint32_t fastest = by_accuracy_[0];
  for (const std::uint32_t row : by_accuracy_) {
    const double rate = monitor_.predicted_images_per_s(row, probe_share());
    if (rate >= options_.target_images_per_s) return row;
    if (rate > monitor_.predicted_images_per_s(fastest, probe_share())) fastest = row;
  }
  return fastest;
}

bool Controller::is_probe(std::uint64_t index) const {
  return options_.policy != Policy::fixed && probe_share() > 0 &&
         index % options_.probe_period == options_.probe_period - 1;
}

std::uint32_t Controller::row_for(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  while (switches_.size() > 1 && switches_[1].from <= index) switches_.pop_front();
  const std::uint32_t row = switches_.front().row;
  if (!is_probe(index)) return row;
  const auto turn = static_cast<std::uint32_t>(index / options_.probe_period % (rows_ - 1));
  return turn < row ? turn : turn + 1;
}

std::uint32_t Controller::row() const {
  const std::lock_guard lock(mutex_);
  return switches_.back().row;
}

std::optional<Decision> Controller::observe(const Observation& seen) {
  const std::lock_guard lock(mutex_);
  monitor_.observe(seen);
  if (!window_start_)
    window_start_ = seen.completed_at;
  else
    ++window_images_;
  ++observed_;
  if (options_.policy == Policy::fixed || observed_ % options_.period_images != 0) return std::nullopt;

  Decision decision;
  decision.after_image = seen.index;
  decision.row = decision.choice = switches_.back().row;
  const double seconds = std::chrono::duration<double>(seen.completed_at - *window_start_).count();
  if (seconds > 0) decision.realised_images_per_s = static_cast<double>(window_images_) / seconds;
  window_start_ = seen.completed_at;
  window_images_ = 0;
  for (std::uint32_t r = 0; r < rows_; ++r)
    decision.predicted_images_per_s.push_back(monitor_.predicted_images_per_s(r, probe_share()));
  decision.density = monitor_.density(decision.row);
  decision.changing_layers = monitor_.changing_layers(decision.row);
  const std::uint64_t from = switches_.back().from;
  if (from > 0 && (seen.index < from || seen.index - from < options_.dwell_images)) {
    decision.reason = "dwell";
  } else {
    choose(decision);
  }
  decision.effective_from = seen.index + lag_images_;
  if (decision.choice != decision.row) switches_.push_back({decision.effective_from, decision.choice});
  return decision;
}

void Controller::choose(Decision& decision) const {
  const std::vector<double>& rate = decision.predicted_images_per_s;
  const double target = options_.target_images_per_s, enter = target * (1 + options_.hysteresis);
  const bool does_hold = rate[decision.row] >= target;
  for (const std::uint32_t row : by_accuracy_) {
    if (does_hold && row == decision.row) break;  // nothing above it holds the target with room to spare
    if (row != decision.row && rate[row] >= enter) {
      decision.choice = row;
      decision.reason = does_hold ? "a more accurate row holds the target" : "the running row misses the target";
      return;
    }
  }
  if (does_hold) {
    decision.reason = "holds";
    return;
  }
  const auto fastest = std::max_element(rate.begin(), rate.end()) - rate.begin();
  decision.choice = static_cast<std::uint32_t>(fastest);
  decision.reason = decision.choice == decision.row ? "the fastest row misses the target"
                                                    : "no row holds the target with room to spare; the fastest";
}

}  // namespace sluice
