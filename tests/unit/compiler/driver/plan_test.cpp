// SPDX-License-Identifier: Apache-2.0
// A plan that was stopped, killed or begun in the middle makes the bundle of one that was not.
#include "compiler/driver/plan.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/driver/phase.hpp"
#include "runtime/base/json.hpp"
#include "tests/unit/compiler/driver/small_plan.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Plan : public ::testing::Test {
 protected:
  Plan() : options_(small_plan(scratch_)) {}

  // Plans, and notes what was said; the error's text, or nothing.
  std::string plan_said(const PlanOptions& options) {
    said_.clear(), dumped_.clear();
    auto done = plan(
        options, [&](const std::string& line) { said_.push_back(line); },
        [&](const std::string& text) { dumped_ += text; });
    result_ = done ? std::move(done).value() : std::nullopt;
    return done ? "" : done.error().text();
  }
  // Phases that ran.
  std::vector<std::string> ran() const {
    std::vector<std::string> names;
    for (const std::string& line : said_) {
      const auto begin = line.find("] ") + 2;
      if (line.starts_with("[")) names.push_back(line.substr(begin, line.find(':') - begin));
    }
    return names;
  }
  PlanOptions to(const std::string& output) const {
    PlanOptions options = options_;
    options.output = scratch_.path() / output;
    return options;
  }
  // Hashes of all files but the report, which holds times.
  std::map<std::string, std::string> hashes(const std::string& output) const {
    auto files = Bundle::open(scratch_.path() / output).value().hashes();
    files.erase("report/report.json");
    return files;
  }
  // The state of a plan that was killed after a phase: it is there, and the run that made it is not.
  PlanOptions killed_after(const std::string& phase, const std::string& output) {
    PlanOptions options = to(output);
    options.stop_after = phase;
    EXPECT_EQ(plan_said(options), "");
    EXPECT_FALSE(result_);
    options.stop_after.clear();
    return options;
  }

  Scratch scratch_;
  const PlanOptions options_;
  std::vector<std::string> said_;
  std::string dumped_;
  std::optional<PlanResult> result_;
};

TEST_F(Plan, goes_on_from_wherever_it_was_killed) {
  ASSERT_EQ(plan_said(options_), "");
  ASSERT_TRUE(result_);
  EXPECT_EQ(ran().size(), phases().size());
  EXPECT_FALSE(fs::exists(options_.state_folder()));
  for (std::size_t p = 0; p + 1 < phases().size(); ++p) {
    const std::string& name = phases()[p].name;
    const PlanOptions options = killed_after(name, "after_" + name);
    ASSERT_EQ(plan_said(options), "") << name;
    EXPECT_EQ(ran().size(), phases().size() - p - 1) << name;
    EXPECT_THAT(said_[0], AllOf(HasSubstr(".plan"), HasSubstr(name))) << "said in a line";
    EXPECT_EQ(hashes("after_" + name), hashes("bundle")) << name;
    EXPECT_EQ(result_->report.phase_seconds.size(), phases().size()) << "times of phases that ran before count";
    EXPECT_FALSE(fs::exists(options.state_folder())) << "no longer needed";
  }
}

TEST_F(Plan, another_option_begins_at_the_phase_that_asks_for_it) {
  PlanOptions options = killed_after("measure", "other");
  options.engine = "dense";
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(said_[0], AllOf(HasSubstr("--engine was auto, now it is dense"), HasSubstr("anew from sensitivity")));
  EXPECT_THAT(said_, Contains(HasSubstr("sensitivity: nothing: dense engines obey no threshold")));
  EXPECT_THAT(ran(), ElementsAre("sensitivity", "choose", "search", "build", "check", "measure", "baselines", "write"));
  PlanOptions alone = to("alone");
  alone.engine = "dense";
  ASSERT_EQ(plan_said(alone), "");
  EXPECT_EQ(hashes("other"), hashes("alone"));
}

TEST_F(Plan, other_pictures_or_another_model_begin_anew) {
  PlanOptions options = killed_after("build", "other");
  options.calibration_images = 11;
  options.stop_after = "calibrate";
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(said_[0],
              AllOf(HasSubstr("--calib was 12 pictures"), HasSubstr("11 pictures"), HasSubstr("anew from validate")));
  std::ofstream(options.model, std::ios::app | std::ios::binary)
      << std::string("\x12\x01x", 3);  // producer_name: another file, the same network
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(said_[0], AllOf(HasSubstr("the model was"), HasSubstr("anew from import")));
}

TEST_F(Plan, from_a_phase_keeps_the_state) {
  PlanOptions options = killed_after("build", "first");
  options.state = options.state_folder();
  options.output = scratch_.path() / "second";
  options.from = "choose";
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(ran(), ElementsAre("choose", "search", "build", "check", "measure", "baselines", "write"));
  EXPECT_TRUE(fs::exists(options.state));
  options.output = scratch_.path() / "third";
  options.from = "write";
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(ran(), ElementsAre("write"));
  EXPECT_EQ(hashes("third"), hashes("second"));
}

TEST_F(Plan, from_a_phase_that_the_state_does_not_reach_is_refused) {
  PlanOptions options = killed_after("quantise", "bundle");
  options.from = "check";
  EXPECT_THAT(plan_said(options),
              AllOf(HasSubstr("--from check"), HasSubstr("up to quantise"), HasSubstr("can run is sensitivity")));
  options.from = "sensitivity";
  options.pixels.mean = {0.25};
  EXPECT_THAT(plan_said(options),
              AllOf(HasSubstr("--mean was [0.5], now it is [0.25]"), HasSubstr("can run is import")));
  EXPECT_TRUE(fs::exists(options.state_folder())) << "a refusal changes nothing";
  options.state = scratch_.path() / "none";
  EXPECT_THAT(plan_said(options), HasSubstr("came to no result"));
  EXPECT_FALSE(fs::exists(options.state));
}

TEST_F(Plan, damaged_results_are_made_again) {
  ASSERT_EQ(plan_said(options_), "");
  const PlanOptions options = killed_after("build", "damaged");
  const fs::path file = options.state_folder() / "calibrate/statistics.bin";
  fs::resize_file(file, fs::file_size(file) - 1);
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(said_, Contains(AllOf(HasSubstr("statistics.bin: damaged"), HasSubstr("anew from calibrate"))));
  EXPECT_EQ(ran().size(), phases().size() - 2) << "all but import and validate";
  EXPECT_EQ(hashes("damaged"), hashes("bundle"));
}

TEST_F(Plan, an_error_leaves_nothing_unless_it_is_to_be_kept) {
  PlanOptions options = options_;
  options.pixels.mean = {1, 2};
  EXPECT_THAT(plan_said(options), HasSubstr("--mean"));
  EXPECT_FALSE(fs::exists(options.state_folder()));
  options.keeps_state = true;
  EXPECT_THAT(plan_said(options), HasSubstr("--mean"));
  EXPECT_TRUE(fs::exists(options.state_folder()));
  options.pixels.mean = {0.5};
  ASSERT_EQ(plan_said(options), "");
  EXPECT_TRUE(fs::exists(options.state_folder()));
}

TEST_F(Plan, dumps_what_a_phase_made_whether_it_ran_or_not) {
  PlanOptions options = killed_after("choose", "bundle");
  options.stop_after = "choose";
  for (const auto& [phase, words] : {std::pair{"import", "Conv(%x"},
                                     {"calibrate", "zeros %"},
                                     {"quantise", "nats from float"},
                                     {"sensitivity", "tau_w"},
                                     {"choose", "pair_sparse"}}) {
    options.dump_after = phase;
    ASSERT_EQ(plan_said(options), "");
    EXPECT_THAT(ran(), ElementsAre()) << phase;
    EXPECT_THAT(dumped_, HasSubstr(words)) << phase;
  }
  options.stop_after.clear(), options.dump_after = "build";
  ASSERT_EQ(plan_said(options), "");
  EXPECT_THAT(dumped_, AllOf(HasSubstr("sink"), HasSubstr("depth"), HasSubstr("row 0")));
}

TEST_F(Plan, an_unknown_engine_is_refused_before_anything_is_read) {
  PlanOptions options = options_;
  options.engine = "warp";
  options.model = "absent.onnx";
  EXPECT_THAT(plan_said(options), HasSubstr("warp"));
  EXPECT_TRUE(said_.empty());
}

TEST_F(Plan, reports_what_it_made) {
  PlanOptions options = small_explored_plan(scratch_);
  ASSERT_EQ(plan_said(options), "");
  const Bundle bundle = Bundle::open(options.output).value();
  const PlanReport& made = result_->report;
  const auto read = report_from_json(bundle.read("report/report.json").value());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(read.value() == made);
  EXPECT_EQ(made.design_hash, bundle.design_hash());
  EXPECT_EQ(made.layers.size(), bundle.network().layers.size());
  ASSERT_TRUE(made.estimated.target);
  EXPECT_FALSE(made.estimated.target->is_board);
  EXPECT_TRUE(made.simulated) << "a target sizes streams";
  EXPECT_TRUE(made.is_held_out);
  EXPECT_EQ(made.row_images, 12u);
  EXPECT_EQ(made.labelled_images, 12) << "float comes first where labels are known";
  EXPECT_THAT(said_, Contains(HasSubstr("the float network is right on")));
  EXPECT_THAT(said_, Contains(HasSubstr("the file's own nodes give the same scores on 6 inputs")));
  EXPECT_THAT(said_, Contains(HasSubstr("layers compute what their nodes do")));
  ResourceCount sum = made.estimated.resources_shared;
  for (const ReportedLayer& layer : made.layers) {
    sum.multipliers += layer.resources.multipliers;
    EXPECT_TRUE(layer.explain) << layer.name;
    EXPECT_EQ(layer.sum_proof.has_value(), layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise)
        << layer.name;
  }
  EXPECT_EQ(sum.multipliers, made.multipliers);
}

TEST_F(Plan, has_baselines_in_the_form_of_its_rows) {
  PlanOptions options = small_explored_plan(scratch_);
  options.has_baselines = true, options.trials = 12;
  ASSERT_EQ(plan_said(options), "");
  const auto search = parse_json(Bundle::open(options.output).value().read("report/search.json").value());
  std::vector<std::string> names;
  for (const auto& baseline : search.at("baselines")) {
    names.push_back(baseline.at("name"));
    for (const auto& row : baseline.at("rows")) {
      EXPECT_GT(row.at("estimated_cycles"), 0) << names.back();
      EXPECT_GT(row.at("simulated_cycles"), 0) << names.back();
    }
    EXPECT_GT(baseline.at("multipliers"), 0) << names.back();
  }
  EXPECT_THAT(names, ElementsAre("dense", "natural zeros", "global thresholds", "software only"));
  EXPECT_EQ(search.at("hardware").at("threshold_trials").at("trials"), 6) << "half of them";
  EXPECT_THAT(result_->search, HasSubstr("% were spared"));
  options.target.reset();
  options.output = scratch_.path() / "other";
  EXPECT_THAT(plan_said(options), HasSubstr("name one (--board, --budget)"));
}

TEST_F(Plan, refuses_a_bound_that_its_pictures_cannot_tell) {
  PlanOptions options = options_;
  options.most_loss_points = 0.5, options.is_loss_asked = true;
  EXPECT_THAT(plan_said(options), HasSubstr("a bound of 0.5 needs at least 200"));
  EXPECT_FALSE(fs::exists(options.state_folder()));
  options.is_loss_asked = false;
  EXPECT_EQ(plan_said(options), "");
}

TEST_F(Plan, says_what_is_short_where_nothing_fits) {
  PlanOptions options = small_explored_plan(scratch_);
  options.target->budget.multipliers = 2;
  EXPECT_THAT(plan_said(options), AllOf(HasSubstr("multipliers"), HasSubstr("budget")));
  EXPECT_FALSE(fs::exists(options.output));
}

TEST_F(Plan, answers_the_trials_of_another_sampler) {
  PlanOptions options = small_explored_plan(scratch_);
  std::istringstream none;
  std::ostringstream out;
  Status status = plan_trials(
      options, [](const std::string&) {}, none, out);
  ASSERT_TRUE(status) << status.error().text();
  const auto space = parse_json(out.str());
  ASSERT_FALSE(space.at("starts").empty());
  for (int again = 0; again < 2; ++again) {  // from the state that stays
    std::istringstream in(fmt::format("{{\"trial\": 0, \"point\": {}}}\n", space.at("starts")[0].dump()));
    std::ostringstream answer;
    status = plan_trials(
        options, [](const std::string&) {}, in, answer);
    ASSERT_TRUE(status) << status.error().text();
    std::istringstream lines(answer.str());
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(parse_json(line), space);
    std::getline(lines, line);
    const auto outcome = parse_json(line);
    EXPECT_EQ(outcome.at("objectives")[0], 0) << "nothing is left out, nothing lost";
    EXPECT_GT(outcome.at("objectives")[1], 1) << "cycles";
  }
  options.target.reset();
  EXPECT_THAT(plan_trials(
                  options, [](const std::string&) {}, none, out)
                  .error()
                  .text(),
              HasSubstr("--budget"));
}

}  // namespace
}  // namespace sluice::test
