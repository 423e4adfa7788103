// SPDX-License-Identifier: Apache-2.0
// ValueStatistics: how large the values of one map are on the calibration pictures.
//
// Why: a scale must be chosen for every map before anything is integer. The largest value seen is a poor choice when
// one picture in a thousand has an outlier; a histogram lets the choice weigh clipping against resolution.
//
// The idea: 2,048 bins over |value|. When a value falls outside, the range doubles and neighbouring bins merge. So one
// pass over unknown data suffices and two histograms can be added (threads). Zero counts, per-channel means and largest
// magnitudes are kept too, for bias correction and equalisation (Nagel et al., arXiv 1906.04721).
//
// Before: values are finite. After: `clip_*` answer with a magnitude > 0.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace sluice {

class ValueStatistics {
 public:
  // Adds one picture's map, NCHW with N = 1: `channels` planes of equal size.
  void add(const float* values, std::int64_t count, std::int64_t channels);
  void merge(const ValueStatistics& other);

  double largest() const { return largest_; }
  std::int64_t count() const { return count_; }
  double zero_share() const { return count_ == 0 ? 0.0 : static_cast<double>(zeros_) / static_cast<double>(count_); }
  std::vector<double> channel_means() const;
  const std::vector<double>& channel_largest() const { return channel_largest_; }

  // Magnitude under which the given share (0..1) of all values lies.
  double clip_percentile(double share) const;
  // Magnitude that minimises the mean squared error of symmetric codes -limit..limit.
  double clip_mse(int limit) const;

  // All of it as bytes, and back; read() is empty where the bytes are something else.
  void write(ByteWriter& to) const;
  static ValueStatistics read(ByteReader& from);

 private:
  void widen(double magnitude);

  static constexpr int kBins = 2048;
  double range_ = 0;  // upper end of the histogram
  double largest_ = 0;
  std::int64_t count_ = 0;
  std::int64_t zeros_ = 0;
  std::vector<std::int64_t> bins_ = std::vector<std::int64_t>(kBins, 0);
  std::vector<double> channel_sums_;
  std::vector<double> channel_largest_;
  std::int64_t pixels_ = 0;
};

// Per value of a graph.
using Statistics = std::map<std::string, ValueStatistics>;

// Factors of a value's channels that lie between it and its codes, see equalise.hpp. Values without have none.
using ChannelGains = std::map<std::string, std::vector<double>>;

void write(const Statistics& statistics, ByteWriter& to);
Statistics read_statistics(ByteReader& from);

}  // namespace sluice
