// SPDX-License-Identifier: Apache-2.0
// Implementation of statistics.hpp.
#include "runtime/stream/statistics.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sluice {

std::chrono::nanoseconds percentile(std::vector<std::chrono::nanoseconds> values, double p) {
  if (values.empty()) return std::chrono::nanoseconds(0);
  const double place = std::floor(static_cast<double>(values.size()) * std::clamp(p, 0.0, 1.0));
  const std::size_t at = std::min(static_cast<std::size_t>(place), values.size() - 1);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

void LatencyRecord::add(std::chrono::nanoseconds value) {
  if (kept_.size() < kKeptLatencies) {
    kept_.push_back(value);
  } else {
    kept_[count_ % kKeptLatencies] = value;
  }
  ++count_;
  sum_ += value;
  max_ = std::max(max_, value);
}

std::chrono::nanoseconds LatencyRecord::mean() const {
  return count_ == 0 ? std::chrono::nanoseconds(0) : sum_ / static_cast<std::int64_t>(count_);
}

double StreamStatistics::images_per_s() const {
  return wall_seconds > 0 ? static_cast<double>(delivered - errors) / wall_seconds : 0;
}

double StreamStatistics::device_images_per_s() const {
  const double seconds = std::chrono::duration<double>(last_completion_ - first_completion_).count();
  return completions_ > 1 && seconds > 0 ? static_cast<double>(completions_ - 1) / seconds : 0;
}

std::string StreamStatistics::told() const {
  return fmt::format("of {} images taken the device accepted {}, {} were delivered, {} of the accepted are lost", taken,
                     accepted, delivered, lost);
}

void StreamStatistics::add(const StageTimes& times, std::chrono::nanoseconds completed_at) {
  if (completions_++ == 0) first_completion_ = completed_at;
  last_completion_ = completed_at;
  decode.add(times.decode);
  preprocess.add(times.preprocess);
  device.add(times.device);
  total.add(times.total);
}

}  // namespace sluice
