// SPDX-License-Identifier: Apache-2.0
// Report: what a benchmark found, as text and as JSON.
//
// Why: a rate that stands alone is repeated without its device, its clock or its pictures. So the report carries them,
// says of each run VALID or INVALID with the reason, and keeps measured and simulated figures in columns of their own,
// and the device alone apart from everything that a user waits for.
//
// The percentiles are those of runtime/stream/statistics.hpp (the element floor(n * p) of the latencies sorted
// ascending, as LoadGen takes it): a latency that occurred, never a mean of two.
//
// Before: runs of one scenario. After: the same words for the same figures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/bench/baselines.hpp"
#include "apps/bench/end_to_end.hpp"
#include "apps/bench/host.hpp"
#include "apps/bench/kernel_shares.hpp"
#include "apps/bench/plan_comparison.hpp"
#include "apps/bench/run_scenario.hpp"
#include "runtime/base/json.hpp"

namespace sluice::bench {

inline constexpr double kPercentiles[] = {50, 90, 95, 97, 99, 99.9};

struct EndToEnd {
  Measured measured;
  std::vector<std::string> missed;
  bool is_host_alone = false;  // the device that costs nothing stood in for a simulated one
};

struct DeviceRun {
  DeviceInfo info;
  std::string name;  // "cpu"; "sim (pac_a10, 220 MHz)"
  std::size_t in_flight = 0;
  double open_s = 0;
  Measured measured;
  std::vector<std::string> missed;  // conditions
  KernelShares shares;
  std::optional<PlanComparison> planned;
  std::optional<Stages> stages;
  std::optional<EndToEnd> end_to_end;
  std::string remark;
};

struct Report {
  std::string version, commit, bundle, design_hash, network;
  int bits = 8;
  std::int64_t macs = 0;
  std::string pictures;
  Host host;
  std::uint64_t seed = 1;
  Scenario scenario = Scenario::offline;
  Lengths needed;
  bool has_mlperf_lengths = false;
  std::optional<ServerLoad> server;
  std::vector<DeviceRun> runs;
  std::vector<Baseline> baselines;
};

// The scenario's own figure: images/s of Offline, p90 of SingleStream, p99 of MultiStream, images/s and p99 of Server.
std::string headline(const Report& report, const DeviceRun& run);

std::string report_text(const Report& report);
nlohmann::json report_json(const Report& report);

}  // namespace sluice::bench
