// SPDX-License-Identifier: Apache-2.0
// Names, lengths and conditions (see scenario.hpp).
#include "apps/bench/scenario.hpp"

#include <fmt/format.h>

namespace sluice::bench {
namespace {

constexpr const char* kNames[] = {"SingleStream", "MultiStream", "Server", "Offline"};

}  // namespace

const char* name_of(Scenario scenario) { return kNames[static_cast<std::size_t>(scenario)]; }

Scenario scenario_of(const std::string& name) {
  std::size_t at = 0;
  while (kNames[at] != name) ++at;
  return static_cast<Scenario>(at);
}

std::vector<std::string> scenario_names() { return {std::begin(kNames), std::end(kNames)}; }

// The settings of LoadGen for image classification in the closed division; 24,576 samples fill the query of Offline.
Lengths mlperf_lengths(Scenario scenario) {
  constexpr double kSeconds = 600;
  switch (scenario) {
    case Scenario::single_stream:
      return {kSeconds, 1024, 0};
    case Scenario::multi_stream:
    case Scenario::server:
      return {kSeconds, 270336, 0};
    case Scenario::offline:
      return {kSeconds, 0, 24576};
  }
  return {};
}

std::vector<std::string> missed_conditions(const RunFacts& facts, const Lengths& needed,
                                           const std::optional<ServerLoad>& server) {
  std::vector<std::string> missed;
  if (facts.was_interrupted) missed.push_back("it was interrupted");
  if (facts.seconds < needed.seconds)
    missed.push_back(fmt::format("{:.2f} s, at least {:.0f} s are needed: --seconds {:.0f}", facts.seconds,
                                 needed.seconds, needed.seconds));
  const auto count = [&](std::size_t done, std::size_t least, const char* what) {
    if (done >= least) return;
    std::string advice;
    if (done > 0) {
      const double seconds = 1.05 * facts.seconds * static_cast<double>(least) / static_cast<double>(done);
      advice = fmt::format(": --seconds {:.0f} would do", seconds + 1);
    }
    missed.push_back(fmt::format("{} {}, at least {} are needed{}", done, what, least, advice));
  };
  count(facts.images, needed.images, "images");
  count(facts.queries, needed.queries, "queries");
  if (!server) return missed;
  if (facts.p99_latency > server->latency_bound)
    missed.push_back(fmt::format("the 99th percentile of latency is {:.3f} ms, above the bound of {:.3f} ms",
                                 in_ms(facts.p99_latency), in_ms(server->latency_bound)));
  const double most = kMostLateness * in_ms(server->latency_bound);
  if (in_ms(facts.p99_lateness) > most)
    missed.push_back(
        fmt::format("the schedule was not kept: queries were sent up to {:.3f} ms late (99th percentile), "
                    "{:.3f} ms are allowed: this machine is too busy",
                    in_ms(facts.p99_lateness), most));
  return missed;
}

}  // namespace sluice::bench
