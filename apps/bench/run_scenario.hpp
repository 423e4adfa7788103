// SPDX-License-Identifier: Apache-2.0
// run_scenario: one scenario on one device, with pictures that are ready.
//
// Why: the figures of a device, without decoding, are what designs and devices are compared by. They stand on the
// Device interface alone, so a board, PoCL, the processor and the simulated device are measured by the same loops.
//
// The idea: a device has one clock that counts. Of a simulated device that is its own: queries are offered at times of
// that clock, and it says when each image was completed, so arrivals, latencies and seconds are all simulated and the
// same on every machine. Of any other it is the wall clock, and an image is completed when collect() has returned it.
//
// What is not counted, and told: the first image; a warm-up by the same scenario; in Offline the images that fill the
// device, and those that are inside when time is up. Latency of Server counts from when a query was due, so that a
// generator that is late does not flatter the device.
//
// Before: the device is open and empty; a simulated one does not wait for the wall clock. After: it is empty unless it
// failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "apps/bench/meters.hpp"
#include "apps/bench/scenario.hpp"
#include "runtime/hal/device.hpp"

namespace sluice::bench {

using Codes = std::vector<std::int16_t>;

struct Load {
  Scenario scenario = Scenario::offline;
  double seconds = 10;  // and then on until there are as many queries and images
  std::size_t queries = 0, images = 0;
  double target_qps = 0;  // Server
  std::uint64_t seed = 1;
};

// A part of a run that is not counted.
struct Uncounted {
  std::size_t images = 0;
  double seconds = 0;
};

struct Measured {
  std::size_t queries = 0, images = 0;
  double seconds = 0;  // of the clock that counts
  // What this process got of the processor meanwhile, user and system.
  double processor_seconds = 0;
  std::optional<double> joules;                     // of the processor's package, where this machine has a meter
  std::vector<std::chrono::nanoseconds> latencies;  // of each query; Offline: of each image, from submission
  std::vector<std::chrono::nanoseconds> lateness;   // Server: what the generator itself lost
  std::chrono::nanoseconds first_image{0};
  Uncounted warm_up, fill;
  double host_seconds = 0;            // of this machine's clock, whatever counts
  std::vector<ImageScores> observed;  // of the first images that came back with counters, without their scores
  bool was_interrupted = false;

  void take(const Spent& spent) {
    host_seconds = spent.seconds;
    processor_seconds = spent.processor_seconds;
    joules = spent.joules;
  }
  double images_per_s() const { return seconds > 0 ? static_cast<double>(images) / seconds : 0; }
};

inline constexpr std::size_t kMostObserved = 256;

// The warm-up of a load: the same, for a quarter of its seconds and a second at most.
Load warm_up_of(const Load& load);
// Whether a load asks for more.
bool goes_on(const Measured& measured, const Load& load, double seconds);

Result<Measured> run_scenario(Device& device, const std::vector<Codes>& inputs, const Load& load);

}  // namespace sluice::bench
