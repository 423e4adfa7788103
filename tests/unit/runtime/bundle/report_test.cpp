// SPDX-License-Identifier: Apache-2.0
// A report comes back from its file as it was; a broken or older file is refused by a sentence that names the key.
#include "runtime/base/json.hpp"
#include "runtime/bundle/report.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

namespace sluice {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// With everything that a report can hold.
PlanReport example() {
  PlanReport report;
  report.model = "net.onnx", report.design_hash = "abc", report.bits = 16;
  report.calibration_images = 500, report.agreement_share = 0.97, report.agreement_images = 500;
  report.quantisation_method = "mse";
  report.quantisation_trials = {{"mse", 0.25}, {"largest", 0.5}};
  report.macs_per_image = 123456789012, report.multipliers = 96, report.kernels = 17;
  report.row_images = 2000, report.is_held_out = true;
  EstimatedRate& rate = report.estimated;
  rate.f_hls = 2, rate.clock_mhz = 250, rate.cycles_per_image = 1000.5, rate.throughput_images_per_s = 249875.06;
  rate.macs_per_multiplier_and_cycle = 1.75, rate.bottleneck = "l01_conv";
  rate.resources = {100, 20, 3, 4, 96, 17}, rate.resources_shared = {1, 2, 0, 0, 0, 3};
  rate.target = {"a10_ref", true, 1000, 990.25, {{"ALMs", 100, 400, 0.25}, {"kernels", 17, 240, 0.07}}};
  report.simulated = {12, {1001, 800.5}, 0.01, 44};
  ReportedLayer conv;
  conv.name = "l01_conv", conv.origin = "conv1", conv.curve = CurveKind::hard_swish, conv.macs = 99,
  conv.output_scale = 0.1, conv.shift = 17;
  conv.zero_share_float = 0.5, conv.engine = "pair_sparse", conv.cycles_per_image = 900.25,
  conv.resources = {50, 10, 1, 2, 96, 3};
  const EngineChoice chosen{"pair_sparse", "chosen", "the cheapest", "M=9 N=3 O=4", 900.25, {50, 10, 1, 2, 96, 3}};
  conv.explain = {{chosen, {"grouped_prefix", "not allowed", "no group divides 7 filters", "", 0, {}}},
                  "one for each filter",
                  chosen};
  conv.explain->next_faster->resources.alms = -5;
  conv.kernels = {{"l01_window", 0}, {"l01_conv", 96}};
  conv.sum_proof = {20.5, 26, 8, 8};
  ReportedLayer pool;
  pool.name = "l02_pool", pool.kind = LayerKind::global_average_pool;
  report.layers = {conv, pool};
  report.phase_seconds = {{"import", 0.5}, {"calibrate", 3}};
  return report;
}

TEST(Report, comes_back_as_it_was) {
  const PlanReport report = example();
  const auto back = report_from_json(report_to_json(report));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_TRUE(back.value() == report) << report_to_json(back.value());
  EXPECT_EQ(back.value().largest_sum_log2(), 20.5);

  PlanReport least;
  least.estimated.target = {"demo", false, 0, 1, {{"multipliers", 1, 2, 0.5}}};
  const auto least_back = report_from_json(report_to_json(least));
  ASSERT_TRUE(least_back) << least_back.error().text();
  EXPECT_TRUE(least_back.value() == least) << report_to_json(least_back.value());
}

TEST(Report, keys_are_those_that_scripts_read) {
  const json j = json::parse(report_to_json(example()));
  EXPECT_EQ(j["estimated"]["kind"], "estimated");
  EXPECT_EQ(j["estimated"]["board"], "a10_ref");
  EXPECT_EQ(j["estimated"]["objective"]["least_resources_at_images_per_s"], 1000);
  EXPECT_EQ(j["simulated"]["kind"], "simulated");
  EXPECT_EQ(j["layers"][0]["estimated"]["resources"]["multipliers"], 96);
  EXPECT_EQ(j["layers"][0]["sum_proof"]["margin_bits"], 5.5);
  EXPECT_EQ(j["layers"][0]["explain"]["offers"].size(), 2u);
  EXPECT_EQ(j["phase_times"]["calibrate_s"], 3);
  EXPECT_FALSE(j["layers"][1].contains("engine"));
}

TEST(Report, names_of_any_encoding_can_be_written_and_what_is_no_number_is_read) {
  PlanReport report = example();
  report.model = "\xff.onnx";
  report.quantisation_trials[1].divergence_nats = std::numeric_limits<double>::quiet_NaN();
  const auto back = report_from_json(report_to_json(report));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_TRUE(std::isnan(back.value().quantisation_trials[1].divergence_nats));
}

// The sentence that refuses the example after an edit.
std::string refusal(const std::function<void(json&)>& edit) {
  json j = json::parse(report_to_json(example()));
  edit(j);
  const auto read = report_from_json(j.dump());
  EXPECT_FALSE(read);
  if (read) return {};
  EXPECT_EQ(read.error().fault(), Fault::user);
  return read.error().text();
}

TEST(Report, that_is_broken_is_refused_by_name) {
  EXPECT_THAT(refusal([](json& j) { j["version"] = 1; }),
              AllOf(HasSubstr("report.json: version 1"), HasSubstr("plan the bundle again")));
  EXPECT_THAT(refusal([](json& j) { j.erase("estimated"); }),
              AllOf(HasSubstr("report.json"), HasSubstr("'estimated'")));
  EXPECT_THAT(refusal([](json& j) { j["layers"][0]["kind"] = "melt"; }), HasSubstr("melt"));
  EXPECT_THAT(refusal([](json& j) { j["estimated"]["resources"]["alms"] = "many"; }), HasSubstr("type must be number"));
  EXPECT_THAT(refusal([](json& j) { j["estimated"]["uses"] = json::array(); }), HasSubstr("without uses"));
  EXPECT_THAT(refusal([](json& j) { j["simulated"]["cycles_per_image_of_rows"] = json::array(); }),
              HasSubstr("without rows"));
  EXPECT_THAT(refusal([](json& j) { j["precision"] = "int4"; }), HasSubstr("int4"));
  EXPECT_THAT(refusal([](json& j) { j["layers"] = 3; }), HasSubstr("report.json"));
  EXPECT_THAT(report_from_json("{").error().text(), HasSubstr("not JSON"));
  EXPECT_THAT(report_from_json("[]").error().text(), HasSubstr("not JSON"));
}

}  // namespace
}  // namespace sluice
