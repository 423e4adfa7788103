// SPDX-License-Identifier: Apache-2.0
// The report's words: one whole text, and what JSON must hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "apps/bench/report.hpp"

namespace sluice::test {
namespace {

using bench::Report;
using bench::Scenario;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// 1,000 latencies of 0.001 to 1 ms.
bench::Measured measured_of(double seconds) {
  bench::Measured m;
  m.queries = m.images = 1000;
  m.seconds = m.host_seconds = seconds;
  m.processor_seconds = 2 * seconds;
  for (int i = 1000; i > 0; --i) m.latencies.emplace_back(1000 * i);
  m.first_image = std::chrono::microseconds(2500);
  m.warm_up = {100, 1.0};
  m.fill = {4, 0.002};
  return m;
}

Report report_of(Scenario scenario) {
  Report report{.version = "sluice 0.1.0", .commit = "0123456789ab", .bundle = "b", .design_hash = "fedcba9876543210"};
  report.network = "resnet";
  report.macs = 12'500'000;
  report.pictures = "256 given pictures";
  report.host = {"A Processor", 2, 0.5};
  report.scenario = scenario;
  report.needed = bench::kShortLengths;
  bench::DeviceRun cpu;
  cpu.info = {"cpu", "integer evaluator, 2 threads", "measured"};
  cpu.name = "cpu";
  cpu.in_flight = 4;
  cpu.open_s = 0.125;
  cpu.measured = measured_of(10);
  cpu.stages = bench::Stages{64, .1, .2, .3, .5, .4, .6};
  cpu.end_to_end = bench::EndToEnd{measured_of(20), {"999 images, at least 1000 are needed"}, false};
  bench::DeviceRun sim = cpu;
  sim.info = {"sim", "cycle model at 220 MHz", "simulated"};
  sim.name = "sim (pac_a10, 220 MHz)";
  sim.measured.seconds = 5;
  sim.missed = {"5.00 s, at least 10 s are needed: --seconds 10"};
  sim.end_to_end->is_host_alone = true;
  sim.end_to_end->missed = {};
  sim.planned = bench::PlanComparison{220, 210, {}, {}, 1};
  report.runs = {cpu, sim};
  bench::Baseline opencv{.engine = "opencv", .version = "4.6.0", .form = "float", .batch = 8, .same_top1_share = .99};
  opencv.measured = measured_of(100);
  opencv.measured.latencies.clear();
  bench::Baseline none{
      .engine = "onnxruntime", .version = "1.32.0", .form = "int8 u8", .missing = "ImportError: no onnx"};
  report.baselines = {opencv, none};
  return report;
}

constexpr const char* kOffline = R"(resnet int8, 12.5 M MACs an image, design fedcba987654; 256 given pictures
A Processor, 2 cores, load 0.5; sluice 0.1.0 commit 0123456789ab; seed 1

cpu: integer evaluator, 2 threads, 4 in flight; opened in 0.12 s, first image 2.500 ms
  not counted: warm-up 100 images, 1.00 s; pipeline fill 4 images, 0.0020 s
  device only, Offline: 1000 images in 10.00 s measured: VALID
  stages of a picture alone, mean of 64, ms: decode 0.100  resize 0.200  pack 0.300
    submit 0.400  compute 0.500  collect 0.600
  end to end, from files to scores: 50.0 images/s measured, 1000 images in 20.00 s: INVALID
    999 images, at least 1000 are needed

sim (pac_a10, 220 MHz): cycle model at 220 MHz, 4 in flight; opened in 0.12 s, first image 2.500 ms
  not counted: warm-up 100 images, 1.00 s; pipeline fill 4 images, 0.0020 s
  device only, Offline: 1000 images in 5.00 s simulated: INVALID
    5.00 s, at least 10 s are needed: --seconds 10
  stages of a picture alone, mean of 64, ms: decode 0.100  resize 0.200  pack 0.300
    measured here; compute 0.500 simulated
  the host alone, from files to a device that costs nothing: 50.0 images/s measured, 1000 images in 20.00 s: VALID
  row 0 at 220 MHz: 210 images/s estimated, 200 simulated here; every layer takes the cycles of the table
opencv 4.6.0, float: 1000 images in 100.00 s, batch 8; the bundle's first class on 99.0 % of the pictures
onnxruntime 1.32.0, int8 u8: no figure: ImportError: no onnx

Offline, device only                          images/s      images/s  images/processor
                                              measured     simulated  second, measured
cpu                                              100.0                            50.0
sim (pac_a10, 220 MHz)                                         200.0
opencv 4.6.0, float, batch 8                      10.0                             5.0

ms in the device                              p50      p90      p95      p97      p99    p99.9
cpu, measured                               0.501    0.901    0.951    0.971    0.991    1.000
sim (pac_a10, 220 MHz), simulated           0.501    0.901    0.951    0.971    0.991    1.000

Offline, end to end                           images/s      images/s  images/processor
                                              measured     simulated  second, measured
cpu                                               50.0                            25.0

end to end, ms from file to scores            p50      p90      p95      p97      p99    p99.9
cpu, measured                               0.501    0.901    0.951    0.971    0.991    1.000

Offline: 100.0 images/s measured on cpu (1000 images in 10.00 s), VALID; not an MLPerf result
Offline: 200.0 images/s simulated on sim (pac_a10, 220 MHz) (1000 images in 5.00 s), INVALID; not an MLPerf result
)";

TEST(Report, OfflineInWords) { EXPECT_EQ(report_text(report_of(Scenario::offline)), kOffline); }

TEST(Report, NoLineOfTheTablesIsLongerThanAScreen) {
  std::istringstream text(report_text(report_of(Scenario::offline)));
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with(" ") && line.find(": ") == std::string::npos) {
      EXPECT_LE(line.size(), 100u) << line;
    }
  }
}

TEST(Report, EachScenarioHasItsOwnFigure) {
  Report report = report_of(Scenario::single_stream);
  EXPECT_EQ(headline(report, report.runs[0]),
            "SingleStream: p90 0.901 ms measured on cpu, 100.0 images/s (1000 images in 10.00 s), VALID; not an MLPerf "
            "result");
  report.scenario = Scenario::multi_stream;
  EXPECT_THAT(headline(report, report.runs[0]), HasSubstr("p99 0.991 ms for 8 images measured on cpu"));
  report.scenario = Scenario::server;
  report.server = {1000, std::chrono::milliseconds(15)};
  EXPECT_THAT(headline(report, report.runs[1]),
              HasSubstr("p99 0.991 ms at 1000 queries/s simulated on sim (pac_a10, 220 MHz)"));
  EXPECT_THAT(headline(report, report.runs[1]), EndsWith("INVALID; not an MLPerf result"));
}

TEST(Report, EnergyOnlyWhereAMeterIs) {
  Report report = report_of(Scenario::offline);
  EXPECT_THAT(report_text(report), Not(HasSubstr("joules")));
  EXPECT_FALSE(report_json(report)["runs"][0]["device_only"].contains("energy_j"));
  report.runs[0].measured.joules = 250;
  EXPECT_THAT(report_text(report), HasSubstr("joules/image"));
  EXPECT_THAT(report_text(report), HasSubstr("0.2500\n"));
  EXPECT_EQ(report_json(report)["runs"][0]["device_only"]["energy_j"], 250);
}

TEST(Report, JsonHoldsWhereAFigureIsFrom) {
  const nlohmann::json j = report_json(report_of(Scenario::offline));
  EXPECT_EQ(j["notice"], "not an MLPerf result");
  for (const char* key : {"version", "commit", "design_hash", "seed", "scenario", "needed", "pictures"})
    EXPECT_TRUE(j.contains(key)) << key;
  EXPECT_EQ(j["host"]["processor"], "A Processor");
  EXPECT_EQ(j["host"]["cores"], 2);
  const nlohmann::json& cpu = j["runs"][0];
  EXPECT_EQ(cpu["throughput_kind"], "measured");
  EXPECT_EQ(cpu["device_only"]["is_valid"], true);
  EXPECT_EQ(cpu["device_only"]["throughput_images_per_s"], 100);
  EXPECT_EQ(cpu["device_only"]["processor_seconds"], 20);
  EXPECT_DOUBLE_EQ(cpu["device_only"]["latency_ms"]["p99"], 0.991);
  EXPECT_DOUBLE_EQ(cpu["device_only"]["latency_ms"]["p99_9"], 1.0);
  EXPECT_EQ(cpu["end_to_end"]["is_valid"], false);
  EXPECT_TRUE(cpu["stages_ms"].contains("submit"));
  const nlohmann::json& sim = j["runs"][1];
  EXPECT_EQ(sim["throughput_kind"], "simulated");
  EXPECT_FALSE(sim.contains("end_to_end")) << "two clocks are not mixed";
  EXPECT_TRUE(sim.contains("host_alone"));
  EXPECT_FALSE(sim["stages_ms"].contains("submit"));
  EXPECT_EQ(sim["device_only"]["invalid_because"][0], "5.00 s, at least 10 s are needed: --seconds 10");
  EXPECT_EQ(j["baselines"][0]["throughput_images_per_s"], 10);
  EXPECT_EQ(j["baselines"][0]["latency_ms"], nullptr);
  EXPECT_EQ(j["baselines"][1]["missing_because"], "ImportError: no onnx");
}

}  // namespace
}  // namespace sluice::test
