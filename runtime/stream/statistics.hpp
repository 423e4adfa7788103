// SPDX-License-Identifier: Apache-2.0
// What a stream did: counts, wall time, and the latency of each stage.
//
// Why the percentile is spelled out: "p99" of the same numbers differs between tools by their rule. Ours: sort
// ascending, take the element floor(n * p), the last one for p = 1.
//
// Memory is bounded although a camera stream has no end: each stage keeps its latest kKeptLatencies values; count, mean
// and maximum cover all of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/stream/outcome.hpp"

namespace sluice {

// The element floor(n * p) of the values sorted ascending; zero when there are none.
std::chrono::nanoseconds percentile(std::vector<std::chrono::nanoseconds> values, double p);

class LatencyRecord {
 public:
  static constexpr std::size_t kKeptLatencies = std::size_t{1} << 18;

  void add(std::chrono::nanoseconds value);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds sum() const { return sum_; }
  std::chrono::nanoseconds mean() const;
  std::chrono::nanoseconds max() const { return max_; }
  std::chrono::nanoseconds at(double p) const { return percentile(kept_, p); }
  // The kept values; in order of arrival while there are at most kKeptLatencies.
  const std::vector<std::chrono::nanoseconds>& kept() const { return kept_; }

 private:
  std::vector<std::chrono::nanoseconds> kept_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
  std::chrono::nanoseconds max_{0};
};

// Every image taken ends in exactly one place; once all have: taken = delivered + lost + abandoned.
struct StreamStatistics {
  std::uint64_t taken = 0;      // accepted by the stream
  std::uint64_t accepted = 0;   // by the device
  std::uint64_t delivered = 0;  // to receivers: classifications and errors
  std::uint64_t errors = 0;     // of the delivered: images that could not be classified
  std::uint64_t lost = 0;       // accepted by the device, but the stream failed before delivery
  std::uint64_t abandoned = 0;  // neither accepted by the device nor delivered before the stream failed
  std::uint64_t canaries = 0;   // computed besides, under further rows; none of the above counts them
  double wall_seconds = 0;      // first image taken until the last delivery

  // Of classified images only.
  LatencyRecord decode;
  LatencyRecord preprocess;
  LatencyRecord device;  // as the device saw it
  LatencyRecord total;   // arrival to delivery, waiting included

  // Classified images per second of wall time; zero when no time passed.
  double images_per_s() const;

  // Classified images per second of the device's own clock, from the first completion to the last: what a simulated
  // device must be judged by. Zero with fewer than two images.
  double device_images_per_s() const;

  // An image that was classified, and its completion on the device's clock.
  void add(const StageTimes& times, std::chrono::nanoseconds completed_at);

  // The counts as the end of a sentence that tells why a stream failed.
  std::string told() const;

 private:
  std::uint64_t completions_ = 0;
  std::chrono::nanoseconds first_completion_{0};
  std::chrono::nanoseconds last_completion_{0};
};

}  // namespace sluice
