// SPDX-License-Identifier: Apache-2.0
// The metrics of a session against the grammar of Prometheus' text format, and against its statistics.
#include "runtime/session/metrics.hpp"

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "runtime/base/file.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

// Samples by name and labels. Each line is a comment of a family or a sample of the family that was opened last.
std::map<std::string, double> samples_of(const std::string& text) {
  static const std::regex help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+)");
  static const std::regex type(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
  static const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"\})? ([-+]?[0-9.]+(e[-+]?[0-9]+)?|NaN|[-+]Inf))re");
  std::map<std::string, double> samples;
  std::set<std::string> families;
  std::string family, kind;
  std::istringstream lines(text);
  EXPECT_EQ(text.back(), '\n');
  for (std::string line; std::getline(lines, line);) {
    std::smatch m;
    if (std::regex_match(line, m, help)) {
      EXPECT_TRUE(families.insert(m[1]).second) << "a family twice: " << line;
      family = m[1];
    } else if (std::regex_match(line, m, type)) {
      EXPECT_EQ(m[1], family);
      kind = m[2];
      EXPECT_EQ(kind == "counter", family.ends_with("_total")) << line;
    } else if (std::regex_match(line, m, sample)) {
      const std::string name = m[1];
      EXPECT_TRUE(name == family || (kind == "summary" && (name == family + "_sum" || name == family + "_count")))
          << line;
      EXPECT_TRUE(samples.emplace(name + m[2].str(), std::stod(m[4])).second) << "a sample twice: " << line;
    } else {
      ADD_FAILURE() << "no line of the format: " << line;
    }
  }
  return samples;
}

class Metrics : public OnNullDevice {};

TEST_F(Metrics, say_what_the_session_did_in_the_grammar_of_the_format) {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.prom";
  const auto session = session_on({}, {.policy = {.row = 1, .canary_period = 2}});
  auto metrics = MetricsFile::open(file, *session);
  ASSERT_TRUE(metrics) << metrics.error().text();
  EXPECT_EQ(samples_of(read_file(file).value()).at("sluice_images_total{outcome=\"classified\"}"), 0);
  for (std::uint64_t i = 0; i < 500; ++i)
    ASSERT_TRUE(session->submit(numbered_codes(i), [](const Outcome&) { return ok(); }));
  ASSERT_TRUE(session->submit(ImageInput::Codes(3), [](const Outcome&) { return ok(); })) << "of a wrong size";
  ASSERT_TRUE(session->close());
  ASSERT_TRUE(metrics.value()->close());
  const std::string text = read_file(file).value();
  const auto without_process = [](const std::string& whole) {
    return std::regex_replace(whole, std::regex("process_[a-z_]+ .*\n"), "");
  };
  EXPECT_EQ(without_process(text), without_process(metrics_text(*session)));
  const auto samples = samples_of(text);
  EXPECT_EQ(samples.at("sluice_images_total{outcome=\"classified\"}"), 500);
  EXPECT_EQ(samples.at("sluice_images_total{outcome=\"error\"}"), 1);
  EXPECT_EQ(samples.at("sluice_images_lost_total"), 0);
  EXPECT_EQ(samples.at("sluice_canaries_total"), double(session->statistics().canaries));
  EXPECT_EQ(samples.at("sluice_image_latency_seconds_count"), 500);
  EXPECT_GT(samples.at("sluice_image_latency_seconds{quantile=\"0.99\"}"), 0);
  EXPECT_LT(samples.at("sluice_image_latency_seconds{quantile=\"0.99\"}"), 60);
  EXPECT_EQ(samples.at("sluice_device_takeovers_total"), 0);
  EXPECT_EQ(samples.at("sluice_images_resubmitted_total"), 0);
  EXPECT_EQ(samples.at("target_info{service_name=\"sluice\"}"), 1);
  EXPECT_GT(samples.at("process_cpu_time_seconds_total"), 0);
  EXPECT_GT(samples.at("process_memory_usage_bytes"), 1e6);
  EXPECT_EQ(samples.at("sluice_row"), 1);
  EXPECT_EQ(samples.at("sluice_row_switches_total"), 0);
  EXPECT_EQ(samples.at("sluice_device_info{device=\"null\"}"), 1);
  EXPECT_EQ(samples.at("sluice_disagreement_bound_ratio{row=\"1\"}"), *session->disagreement_bound(1));
  for (const TableLayer& layer : bundle_->table().rows[0].layers)
    EXPECT_EQ(samples.count("sluice_layer_density_ratio{layer=\"" + layer.name + "\"}"), 1u);
}

TEST_F(Metrics, a_place_that_cannot_be_written_is_refused_at_once) {
  const Scratch scratch;
  const auto session = session_on({});
  const auto metrics = MetricsFile::open(scratch.path() / "absent" / "file", *session);
  ASSERT_FALSE(metrics);
  EXPECT_THAT(metrics.error().text(), HasSubstr("metrics"));
}

}  // namespace
}  // namespace sluice::test
