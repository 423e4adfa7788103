// SPDX-License-Identifier: Apache-2.0
// The four ways to load a classifier, and what a run of them must hold to count.
//
// Why: "images/s" and "latency" mean nothing without how the images came. The scenarios are those of MLPerf Inference
// (Reddi et al., ISCA 2020), with its names; results of them are not MLPerf results: no accuracy run, no audit, no
// submission.
//
//   SingleStream  the next image is sent when the last one came back
//   MultiStream   queries of kMultiStreamImages images; the next query is sent when the last one came back whole
//   Server        queries of one image arrive by themselves, as a Poisson process of a stated rate
//   Offline       all images are there from the begin; the device is kept full
//
// Before: nothing. After: a verdict names every condition that a run missed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::bench {

inline double in_seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }
inline double in_ms(std::chrono::nanoseconds time) { return 1e-6 * static_cast<double>(time.count()); }

enum class Scenario { single_stream, multi_stream, server, offline };

inline constexpr std::size_t kMultiStreamImages = 8;

const char* name_of(Scenario scenario);
// One of scenario_names().
Scenario scenario_of(const std::string& name);
std::vector<std::string> scenario_names();

// How long and how many at least.
struct Lengths {
  double seconds = 0;
  std::size_t queries = 0;
  std::size_t images = 0;
};

// What a rate of ours needs, and the official ones of MLPerf Inference.
inline constexpr Lengths kShortLengths{10, 0, 1000};
Lengths mlperf_lengths(Scenario scenario);

// Of Server.
struct ServerLoad {
  double target_qps = 0;
  std::chrono::nanoseconds latency_bound{0};  // that 99 of 100 queries keep
};

// What the load generator itself may lose before the schedule counts as broken, as a share of the latency bound.
inline constexpr double kMostLateness = 0.1;

// What a run did, as far as the conditions ask.
struct RunFacts {
  double seconds = 0;
  std::size_t queries = 0, images = 0;
  std::chrono::nanoseconds p99_latency{0}, p99_lateness{0};  // lateness: from due to issued, without waiting for room
  bool was_interrupted = false;
};

// The conditions that were missed, a sentence each; none: VALID.
std::vector<std::string> missed_conditions(const RunFacts& facts, const Lengths& needed,
                                           const std::optional<ServerLoad>& server);

}  // namespace sluice::bench
