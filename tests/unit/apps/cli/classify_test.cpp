// SPDX-License-Identifier: Apache-2.0
// Whole lines of `classify` on a small bundle, in every format and for each end of a network; `inspect` of the
// same bundles.
//
// The device is the simulated one, which computes in this process and bit for bit what the others do.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>

#include "runtime/base/json.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/apps/cli/commands.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// JSON lines with their numbers at four digits, so that no last bit of a library's exp() decides.
std::string rounded(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    json parsed = json::parse(line);
    for (json& entry : parsed["top"]) {
      for (const char* key : {"output", "probability"}) entry[key] = std::round(entry[key].get<double>() * 1e4) / 1e4;
    }
    result += parsed.dump() + "\n";
  }
  return result;
}

class Classify : public ::testing::Test {
 protected:
  // Three pictures that are computed, so that no library's random numbers decide what is expected.
  Classify() {
    for (int n = 0; n < 3; ++n) {
      cv::Mat picture(8, 8, CV_8UC3);
      for (int i = 0; i < 8 * 8 * 3; ++i)
        picture.data[i] = static_cast<unsigned char>((n + 3) * i * 7 + i / 24 * 31 * n);
      cv::imwrite(file(n), picture);
    }
  }

  std::string file(int n) const { return (scratch_.path() / fmt::format("{}.png", n)).string(); }

  std::string bundle(const std::vector<TailKind>& tail) const {
    IntegerNetwork network = tiny_network();
    for (int c = 0; c < network.classes(); ++c) network.labels.push_back(fmt::format("animal {}", c));
    network.layers.back().output_scale = 2e-4;
    for (const TailKind kind : tail) network.host_tail.push_back({kind, "prob"});
    const std::filesystem::path folder = scratch_.path() / (tail.empty() ? "logits" : to_text(tail[0]));
    const auto made = bundle_of(network, folder);
    EXPECT_TRUE(made) << made.error().text();
    return folder.string();
  }

  // With all pictures; names without their folder.
  Finished classified(const std::string& bundle, std::vector<std::string> more) const {
    std::vector<std::string> words{"classify", bundle, file(0), file(1), file(2), "--device", "sim", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    Finished done = command(words);
    const std::string folder = scratch_.path().string() + "/";
    for (std::size_t at; (at = done.out.find(folder)) != std::string::npos;) done.out.erase(at, folder.size());
    return done;
  }

  Scratch scratch_;
};

TEST_F(Classify, text_of_logits_says_that_the_softmax_is_ours) {
  const Finished done = classified(bundle({}), {"--top", "2"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.out,
            "0.png: not sure:  animal 3 16.9 % (softmax of 0.58)  animal 5 14.8 % (softmax of 0.45)\n"
            "1.png: not sure:  animal 3 21.1 % (softmax of 0.87)  animal 5 14.0 % (softmax of 0.46)\n"
            "2.png: not sure:  animal 3 17.0 % (softmax of 0.65)  animal 5 15.2 % (softmax of 0.54)\n");
}

TEST_F(Classify, text_of_a_softmax_is_the_models_own) {
  const Finished done = classified(bundle({TailKind::softmax}), {});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.out, "0.png: not sure:  animal 3 16.9 %\n1.png: not sure:  animal 3 21.1 %\n2.png: not sure:  animal 3 17.0 %\n");
}

TEST_F(Classify, csv_has_a_header_and_both_numbers) {
  const Finished done = classified(bundle({}), {"--format", "csv", "--top", "2"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.out,
            "file,class_1,label_1,output_1,probability_1,class_2,label_2,output_2,probability_2\n"
            "0.png,3,animal 3,0.5834,0.169051,5,animal 5,0.45,0.147939\n"
            "1.png,3,animal 3,0.8748,0.211079,5,animal 5,0.4608,0.139524\n"
            "2.png,3,animal 3,0.6462,0.169645,5,animal 5,0.5378,0.152217\n");
}

TEST_F(Classify, json_lines_have_the_same_numbers) {
  const Finished done = classified(bundle({TailKind::sigmoid}), {"--json", "--top", "2"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(
      rounded(done.out),
      R"({"file":"0.png","probability_kind":"model","row":0,"top":[{"class":3,"label":"animal 3","output":0.6418,"probability":0.6418},)"
      R"({"class":5,"label":"animal 5","output":0.6106,"probability":0.6106}]})"
      "\n"
      R"({"file":"1.png","probability_kind":"model","row":0,"top":[{"class":3,"label":"animal 3","output":0.7057,"probability":0.7057},)"
      R"({"class":5,"label":"animal 5","output":0.6132,"probability":0.6132}]})"
      "\n"
      R"({"file":"2.png","probability_kind":"model","row":0,"top":[{"class":3,"label":"animal 3","output":0.6562,"probability":0.6562},)"
      R"({"class":5,"label":"animal 5","output":0.6313,"probability":0.6313}]})"
      "\n");
}

TEST_F(Classify, a_tail_changes_no_label) {
  const auto classes = [&](const std::vector<TailKind>& tail) {
    std::vector<json> all;
    std::istringstream lines(classified(bundle(tail), {"--json", "--top", "10"}).out);
    for (std::string line; std::getline(lines, line);) {
      const json parsed = json::parse(line);
      for (const json& entry : parsed["top"]) all.push_back(entry["class"]);
    }
    return all;
  };
  const std::vector<json> expected = classes({});
  EXPECT_EQ(expected.size(), 30u);
  for (const TailKind kind : {TailKind::softmax, TailKind::log_softmax, TailKind::sigmoid})
    EXPECT_EQ(classes({kind}), expected) << to_text(kind);
}

TEST_F(Classify, a_broken_picture_is_named_and_the_others_are_labelled) {
  const std::string broken = (scratch_.path() / "broken.png").string();
  std::ofstream(broken) << "\x89PNG\r\n\x1a\n";
  const Finished done = classified(bundle({}), {broken});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 3);
  EXPECT_THAT(done.err, HasSubstr("broken.png"));
  EXPECT_THAT(done.err, HasSubstr("1 of 4 pictures"));
}

TEST_F(Classify, contact_sheet_is_a_picture) {
  const std::string sheet = (scratch_.path() / "sheet.png").string();
  EXPECT_EQ(classified(bundle({}), {"--contact-sheet", sheet}).status, 0);
  EXPECT_GT(cv::imread(sheet).cols, 8 * 112);
}

TEST_F(Classify, inspect_names_what_the_host_computes) {
  EXPECT_THAT(command({"inspect", bundle({TailKind::softmax})}).out,
              HasSubstr("10 classes, then softmax on the host (node prob)"));
}

// A report that its manifest vouches for, with values of other kinds than the planner writes.
TEST_F(Classify, inspect_of_a_foreign_report_ends_in_a_sentence) {
  const Bundle whole = Bundle::open(bundle({})).value();
  const char* reports[] = {R"({"estimated": {"resources": {"alms": "many"}}})", R"({"estimated": {"resources": 7}})",
                           "[1, 2]", "7", "{"};
  for (std::size_t i = 0; i < std::size(reports); ++i) {
    BundleFiles files;
    for (const auto& [name, hash] : whole.hashes()) files[name] = whole.read(name).value();
    files["report/report.json"] = reports[i];
    const std::filesystem::path folder = scratch_.path() / fmt::format("foreign_{}", i);
    ASSERT_TRUE(write_bundle(folder, files));
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--explain", "l00"}}) {
      std::vector<std::string> words{"inspect", folder.string()};
      words.insert(words.end(), more.begin(), more.end());
      const Finished done = command(words);
      EXPECT_THAT(done.status, AnyOf(0, 1, 3)) << reports[i];
      EXPECT_EQ(done.status != 0, done.err.find("error: ") != std::string::npos) << reports[i] << done.err;
    }
  }
}

}  // namespace
}  // namespace sluice::test
