// SPDX-License-Identifier: Apache-2.0
// Histograms of values and the ranges they give (see statistics.hpp).
#include "compiler/quantise/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

void ValueStatistics::widen(double magnitude) {
  if (range_ == 0) range_ = std::max(magnitude, 1e-6);
  while (magnitude > range_) {
    for (int i = 0; i < kBins / 2; ++i) bins_[i] = bins_[2 * i] + bins_[2 * i + 1];
    std::fill(bins_.begin() + kBins / 2, bins_.end(), 0);
    range_ *= 2;
  }
}

void ValueStatistics::add(const float* values, std::int64_t count, std::int64_t channels) {
  double largest = 0;
  for (std::int64_t i = 0; i < count; ++i) largest = std::max<double>(largest, std::fabs(values[i]));
  widen(largest);
  largest_ = std::max(largest_, largest);
  const double bins_per_unit = kBins / range_;
  for (std::int64_t i = 0; i < count; ++i) {
    zeros_ += values[i] == 0.0f;
    bins_[std::min(kBins - 1, static_cast<int>(std::fabs(values[i]) * bins_per_unit))] += 1;
  }
  channel_sums_.resize(std::size_t(channels), 0.0);
  channel_largest_.resize(std::size_t(channels), 0.0);
  const std::int64_t plane = count / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    double& of_channel = channel_largest_[std::size_t(c)];
    for (std::int64_t i = 0; i < plane; ++i) {
      sum += values[c * plane + i];
      of_channel = std::max<double>(of_channel, std::fabs(values[c * plane + i]));
    }
    channel_sums_[std::size_t(c)] += sum;
  }
  count_ += count;
  pixels_ += plane;
}

void ValueStatistics::merge(const ValueStatistics& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  // Bins of both must have one width. Ranges are arbitrary reals, so the other one's bins are put at their centres.
  widen(other.range_);
  for (int i = 0; i < kBins; ++i) {
    const double centre = (i + 0.5) * other.range_ / kBins;
    bins_[std::min(kBins - 1, static_cast<int>(centre / range_ * kBins))] += other.bins_[i];
  }
  largest_ = std::max(largest_, other.largest_);
  zeros_ += other.zeros_;
  count_ += other.count_;
  pixels_ += other.pixels_;
  for (std::size_t c = 0; c < channel_sums_.size(); ++c) channel_sums_[c] += other.channel_sums_[c];
  for (std::size_t c = 0; c < channel_largest_.size(); ++c)
    channel_largest_[c] = std::max(channel_largest_[c], other.channel_largest_[c]);
}

std::vector<double> ValueStatistics::channel_means() const {
  std::vector<double> means = channel_sums_;
  for (double& mean : means) mean /= static_cast<double>(std::max<std::int64_t>(1, pixels_));
  return means;
}

double ValueStatistics::clip_percentile(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t below = 0;
  for (int i = 0; i < kBins; ++i) {
    below += bins_[i];
    if (below >= wanted) return std::max(1e-6, std::min(largest_, (i + 1) * range_ / kBins));
  }
  return std::max(1e-6, largest_);
}

double ValueStatistics::clip_mse(int limit) const {
  if (largest_ == 0) return 1.0;
  double best = largest_, best_error = -1;
  // Candidates from the largest value down to a tenth of it. Within the clip the error of rounding is step^2 / 12.
  for (int step = 0; step <= 90; ++step) {
    const double clip = largest_ * (1.0 - step / 100.0);
    const double width = clip / limit;
    double error = 0;
    for (int i = 0; i < kBins; ++i) {
      if (bins_[i] == 0) continue;
      const double value = (i + 0.5) * range_ / kBins;
      const double loss = value <= clip ? width * width / 12 : (value - clip) * (value - clip);
      // Exact zeros stay zero; they fall into bin 0 and cost nothing.
      const double weight = static_cast<double>(bins_[i]) - (i == 0 ? static_cast<double>(zeros_) : 0.0);
      error += weight * loss;
    }
    if (best_error < 0 || error < best_error) {
      best_error = error;
      best = clip;
    }
  }
  return best;
}

void ValueStatistics::write(ByteWriter& to) const {
  to.put(range_);
  to.put(largest_);
  to.put(count_);
  to.put(zeros_);
  to.put(bins_);
  to.put(channel_sums_);
  to.put(channel_largest_);
  to.put(pixels_);
}

ValueStatistics ValueStatistics::read(ByteReader& from) {
  ValueStatistics s;
  s.range_ = from.number<double>();
  s.largest_ = from.number<double>();
  s.count_ = from.number<std::int64_t>();
  s.zeros_ = from.number<std::int64_t>();
  s.bins_ = from.list<std::int64_t>();
  s.channel_sums_ = from.list<double>();
  s.channel_largest_ = from.list<double>();
  s.pixels_ = from.number<std::int64_t>();
  const bool is_whole = s.bins_.size() == kBins && s.channel_sums_.size() == s.channel_largest_.size();
  return is_whole ? s : ValueStatistics();
}

void write(const Statistics& statistics, ByteWriter& to) {
  to.put(std::uint64_t{statistics.size()});
  for (const auto& [name, of_value] : statistics) {
    to.put(std::string_view(name));
    of_value.write(to);
  }
}

Statistics read_statistics(ByteReader& from) {
  Statistics statistics;
  for (std::size_t count = from.length(sizeof(std::uint64_t)); count-- > 0;) {
    const std::string name = from.text();
    statistics[name] = ValueStatistics::read(from);
  }
  return statistics;
}

}  // namespace sluice
