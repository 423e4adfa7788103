// SPDX-License-Identifier: Apache-2.0
// The report for programs: units in the keys, what is not known is null or absent.
#include <algorithm>

#include <fmt/format.h>

#include "apps/bench/report.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice::bench {
namespace {

using nlohmann::json;

json latency_json(const std::vector<std::chrono::nanoseconds>& latencies) {
  if (latencies.empty()) return nullptr;
  json all = json::object();
  for (const double p : kPercentiles) {
    std::string key = fmt::format("p{:g}", p);
    std::replace(key.begin(), key.end(), '.', '_');
    all[key] = 1e-6 * static_cast<double>(percentile(latencies, p / 100).count());
  }
  return all;
}

json measured_json(const Measured& m) {
  json j{{"images", m.images},
         {"queries", m.queries},
         {"seconds", m.seconds},
         {"host_seconds", m.host_seconds},
         {"processor_seconds", m.processor_seconds},
         {"throughput_images_per_s", m.images_per_s()},
         {"latency_ms", latency_json(m.latencies)},
         {"warm_up", {{"images", m.warm_up.images}, {"seconds", m.warm_up.seconds}}},
         {"pipeline_fill", {{"images", m.fill.images}, {"seconds", m.fill.seconds}}}};
  if (m.joules) j["energy_j"] = *m.joules;
  return j;
}

json run_json(const DeviceRun& run) {
  json device_only = measured_json(run.measured);
  device_only["is_valid"] = run.missed.empty();
  device_only["invalid_because"] = run.missed;
  device_only["first_image_ms"] = 1e-6 * static_cast<double>(run.measured.first_image.count());
  if (!run.measured.lateness.empty()) device_only["lateness_ms"] = latency_json(run.measured.lateness);
  json j{{"device", run.info.driver},
         {"device_name", run.info.name},
         {"throughput_kind", run.info.rate_kind},
         {"in_flight", run.in_flight},
         {"open_s", run.open_s},
         {"counted_layers", run.measured.observed.empty() ? 0 : run.measured.observed[0].counters.size()},
         {"device_only", device_only}};
  if (!run.remark.empty()) j["remark"] = run.remark;
  if (run.stages) {
    const Stages& s = *run.stages;
    j["stages_ms"] = {{"images", s.images},
                      {"decode", s.decode_ms},
                      {"resize", s.resize_ms},
                      {"pack", s.pack_ms},
                      {"compute", s.compute_ms}};
    if (!run.info.is_simulated()) j["stages_ms"].update({{"submit", s.submit_ms}, {"collect", s.collect_ms}});
  }
  if (run.end_to_end) {
    json whole = measured_json(run.end_to_end->measured);
    whole["is_valid"] = run.end_to_end->missed.empty();
    whole["invalid_because"] = run.end_to_end->missed;
    j[run.end_to_end->is_host_alone ? "host_alone" : "end_to_end"] = whole;
  }
  if (run.planned) {
    j["estimated_images_per_s"] = run.planned->estimated_images_per_s;
    j["departing_layer"] = run.planned->departing_layer;
  }
  if (const double total = run.shares.total(); total > 0) {
    if (run.shares.knows_layers())
      j["kernel_time_share"] = {{"convolution", run.shares.convolution_s / total},
                                {"convolution_feed", run.shares.window_s / total},
                                {"outside_convolutions", run.shares.other_s / total}};
    for (const KernelTime& k : run.shares.slowest)
      j["slowest_kernels"].push_back({{"kernel", k.kernel}, {"share", k.seconds / total}});
  }
  return j;
}

json baseline_json(const Baseline& baseline) {
  json j{{"engine", baseline.engine}, {"version", baseline.version}, {"form", baseline.form}};
  if (!baseline.missing.empty()) {
    j["missing_because"] = baseline.missing;
    return j;
  }
  j.update(measured_json(baseline.measured));
  j["throughput_kind"] = "measured";
  j["batch"] = baseline.batch;
  j["same_top1_share"] = baseline.same_top1_share;
  return j;
}

}  // namespace

json report_json(const Report& report) {
  json j{
      {"notice", "not an MLPerf result"},
      {"version", report.version},
      {"commit", report.commit},
      {"bundle", report.bundle},
      {"design_hash", report.design_hash},
      {"network", report.network},
      {"precision", fmt::format("int{}", report.bits)},
      {"macs_per_image", report.macs},
      {"pictures", report.pictures},
      {"host",
       {{"processor", report.host.processor}, {"cores", report.host.cores}, {"load_average_1min", report.host.load}}},
      {"seed", report.seed},
      {"scenario", name_of(report.scenario)},
      {"needed",
       {{"seconds", report.needed.seconds}, {"images", report.needed.images}, {"queries", report.needed.queries}}},
      {"has_mlperf_lengths", report.has_mlperf_lengths},
      {"runs", json::array()}};
  if (report.server)
    j["server"] = {{"target_qps", report.server->target_qps},
                   {"latency_bound_ms", 1e-6 * static_cast<double>(report.server->latency_bound.count())}};
  for (const DeviceRun& run : report.runs) j["runs"].push_back(run_json(run));
  for (const Baseline& baseline : report.baselines) j["baselines"].push_back(baseline_json(baseline));
  return j;
}

}  // namespace sluice::bench
