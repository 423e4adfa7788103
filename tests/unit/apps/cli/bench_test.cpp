// SPDX-License-Identifier: Apache-2.0
// The verb bench on a small bundle: the four scenarios in one report, what it refuses, and baselines that cannot run.
//
// The device is mostly the simulated one: its figures are the same on every machine.
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/apps/cli/commands.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class BenchCommand : public ::testing::Test {
 protected:
  BenchCommand() {
    EXPECT_TRUE(bundle_of(tiny_network(), scratch_.path() / "bundle"));
    cv::Mat picture(8, 8, CV_8UC3);
    for (int i = 0; i < 8 * 8 * 3; ++i) picture.data[i] = static_cast<unsigned char>(i * 7);
    cv::imwrite((scratch_.path() / "picture.png").string(), picture);
    EXPECT_TRUE(write_file(scratch_.path() / "model.onnx", "no model"));
  }

  Finished bench(std::vector<std::string> words, bool has_pictures = true) const {
    words.insert(words.begin(), {"bench", (scratch_.path() / "bundle").string()});
    if (has_pictures) words.insert(words.end(), {"--images", (scratch_.path() / "picture.png").string()});
    return command(words);
  }
  std::string model() const { return (scratch_.path() / "model.onnx").string(); }

  Scratch scratch_;
};

TEST_F(BenchCommand, EveryScenarioReportsOnItsOwnClock) {
  for (const std::string scenario : {"SingleStream", "MultiStream", "Server", "Offline"}) {
    std::vector<std::string> words{"--scenario", scenario, "--device", "sim,null", "--seconds",
                                   "0.1",        "--json", "--seed",   "3"};
    if (scenario == "Server") words.insert(words.end(), {"--target-qps", "1000"});
    const Finished done = bench(words), again = bench(words);
    ASSERT_EQ(done.status, 0) << done.err;
    const json first = json::parse(done.out), second = json::parse(again.out);
    EXPECT_EQ(first["scenario"], scenario);
    EXPECT_EQ(first["seed"], 3);
    const json& sim = first["runs"][0]["device_only"];
    EXPECT_EQ(first["runs"][0]["throughput_kind"], "simulated");
    EXPECT_EQ(first["runs"][1]["throughput_kind"], "measured");
    EXPECT_EQ(sim["is_valid"], false) << "0.1 s are too short";
    for (const char* key : {"images", "seconds", "latency_ms", "throughput_images_per_s"})
      EXPECT_EQ(sim[key], second["runs"][0]["device_only"][key]) << key << " of " << scenario << " is simulated";
    EXPECT_GT(first["runs"][1]["device_only"]["images"], 0);
    EXPECT_GT(first["runs"][1]["end_to_end"]["images"], 0);
    EXPECT_GT(first["runs"][0]["host_alone"]["images"], 0);
  }
}

TEST_F(BenchCommand, TheLastLineIsTheResult) {
  const Finished done = bench({"--device", "sim", "--seconds", "0.1", "--scenario", "Server", "--target-qps", "200"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("Server: 200 queries/s as a Poisson process, bound 15 ms"));
  EXPECT_THAT(done.out, EndsWith("in 0.10 s), INVALID; not an MLPerf result\n"));
}

TEST_F(BenchCommand, WithoutPicturesItAsksForThem) {
  const Finished done = bench({}, false);
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("the bundle has no golden pictures to measure with; give some with --images"));
}

TEST_F(BenchCommand, WhatDoesNotGoTogetherIsRefusedAtOnce) {
  const struct {
    std::vector<std::string> words;
    const char* says;
  } kCases[] = {
      {{"--scenario", "Server"}, "--scenario Server needs the rate of its queries: --target-qps 1000"},
      {{"--target-qps", "5"}, "--target-qps goes with --scenario Server, not with Offline"},
      {{"--target-qps", "0"}, "--target-qps"},
      {{"--scenario", "Online"}, "Online"},
      {{"--paced"}, "--paced has no meaning here"},
      {{"--baseline", "tensorrt"}, "baseline \"tensorrt\" is not known; there are: opencv, onnxruntime"},
      {{"--baseline", "opencv"}, "name it with --model"},
      {{"--model", "nowhere.onnx"}, "nowhere.onnx: no such file"},
      {{"--scenario", "Server", "--target-qps", "5", "--baseline", "opencv", "--model", model()}, "has no queue"},
      {{"--device", "cpu,gpu"}, "device \"gpu\" is not known"},
      {{"--device", ","}, "--device"},
  };
  for (const auto& [words, says] : kCases) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--seconds", "0.1"});
    const Finished done = bench(all);
    EXPECT_EQ(done.status, 1) << says;
    EXPECT_THAT(done.err, HasSubstr(says));
    EXPECT_EQ(done.out, "") << says;
  }
}

TEST_F(BenchCommand, ABaselineThatCannotRunIsReportedAndNoMore) {
  const Finished done = bench({"--device", "null", "--seconds", "0.1", "--baseline", "opencv,onnxruntime", "--model",
                               model(), "--onnxruntime-python", "/usr/bin/false", "--json"});
  ASSERT_EQ(done.status, 0) << done.err;
  const json report = json::parse(done.out);
  ASSERT_EQ(report["baselines"].size(), 2u);
  EXPECT_THAT(report["baselines"][0]["missing_because"].get<std::string>(), HasSubstr("onnx"));
  EXPECT_EQ(report["baselines"][1]["missing_because"], "/usr/bin/false ended with status 1: ");
  const Finished gone = bench({"--device", "null", "--seconds", "0.1", "--baseline", "onnxruntime", "--model", model(),
                               "--onnxruntime-python", "/no/python"});
  ASSERT_EQ(gone.status, 0) << gone.err;
  EXPECT_THAT(gone.out, HasSubstr("no figure: /no/python could not be started: No such file or directory"));
}

}  // namespace
}  // namespace sluice::test
