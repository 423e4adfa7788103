// SPDX-License-Identifier: Apache-2.0
// The page of a bundle: what it takes from the bundle's reports, and what it says of reports that it cannot read.
#include "apps/report/page.hpp"

#include <gmock/gmock.h>
#include "runtime/base/json.hpp"

#include "runtime/base/file.hpp"
#include "runtime/bundle/report.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/sparse_bundle.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Page : public ::testing::Test {
 protected:
  // A bundle of three rows with these reports; `search` may be empty.
  Bundle with_reports(const std::string& report, const std::string& search) {
    BundleFiles files = verified_files(small_.folder()).value();
    files["report/report.json"] = report;
    if (!search.empty()) files["report/search.json"] = search;
    const std::filesystem::path folder = scratch_.path() / ("bundle" + std::to_string(++bundles_));
    EXPECT_TRUE(write_bundle(folder, files));
    return Bundle::open(folder).value();
  }

  PlanReport report() {
    PlanReport r;
    r.model = "a<b>.onnx";
    r.command = "sluice plan 'a b.onnx' -o \"<x>\"";
    r.row_images = 1000, r.is_held_out = true;
    r.estimated.clock_mhz = 100, r.estimated.cycles_per_image = 500;
    ReportedLayer layer;
    layer.name = std::string(120, 'n') + "<i>";
    layer.cycles_per_image = 500;
    r.layers.push_back(layer);
    return r;
  }

  static json search() {
    const json raced{{"trials", 4},
                     {"dropped_early", 1},
                     {"known_before", 0},
                     {"pictures_evaluated", 9},
                     {"pictures_of_all_trials", 12}};
    const json level{{"tau_a", 3}, {"share_left_out", 0.25}, {"divergence_nats", 0.0125}, {"changed_share", 0.5}};
    return {{"version", 1},
            {"search_images", 9},
            {"most_loss_points", 2},
            {"losses",
             {{"pictures", 9},
              {"layers",
               {{{"name", "l<0>"}, {"weights", json::array()}, {"activations", {level}}, {"ranks", json::array()}}}}}},
            {"scale", json::array()},
            {"rows",
             {{"front", json::array()},
              {"why_single", ""},
              {"fixed_part", ""},
              {"fixed_cycles", 0},
              {"progress", {{{"trial", 3}, {"cycles", 4321.5}, {"points", 0.5}}}},
              {"trials", raced}}},
            {"why_single", ""},
            {"is_dense_alone", false},
            {"dense_simulated_cycles", 8000.5},
            {"mixture_simulated_cycles", {500, 400}},
            {"baselines", json::array()}};
  }

  static std::string page_of(const Bundle& bundle, bool is_simulated = false) {
    auto page = page::bundle_page(bundle, {.is_simulated = is_simulated});
    return page ? page.value() : "error: " + page.error().text();
  }

  Scratch scratch_;
  const Bundle small_ = sparse_bundle(scratch_).value();
  int bundles_ = 0;
};

TEST_F(Page, shows_what_the_reports_hold_and_escapes_it) {
  const std::string page = page_of(with_reports(report_to_json(report()), search().dump()));
  EXPECT_THAT(
      page, AllOf(HasSubstr("a&lt;b&gt;.onnx"), HasSubstr("l&lt;0&gt;"), HasSubstr("sluice plan &#39;a b.onnx&#39;")));
  for (const char* raw : {"a<b>", "l<0>", "n<i>", "<x>"}) EXPECT_THAT(page, Not(HasSubstr(raw)));
  EXPECT_THAT(page, HasSubstr("<data value=\"4321.5\">")) << "progress";
  EXPECT_THAT(page, HasSubstr("<data value=\"8000.5\">")) << "dense engines alone";
  EXPECT_THAT(page, HasSubstr("<data value=\"12.5\">")) << "millinats";
}

TEST_F(Page, does_without_a_search_and_without_simulation) {
  const std::string page = page_of(with_reports(report_to_json(report()), ""));
  EXPECT_THAT(page, AllOf(HasSubstr("No thresholds were measured"), HasSubstr("--no-simulation"),
                          HasSubstr("Not tried"), HasSubstr("planned for no board")));
}

TEST_F(Page, a_rate_is_simulated_where_the_plan_simulated_its_rows) {
  PlanReport simulated = report();
  simulated.simulated = SimulatedRate{12, {800, 700, 600}, 0.01, 3};
  const Bundle bundle = with_reports(report_to_json(simulated), search().dump());
  EXPECT_EQ(rate_of_row(simulated, bundle.table(), 2).kind, RateKind::simulated);
  EXPECT_EQ(rate_of_row(simulated, bundle.table(), 2).cycles_per_image, 600);
  EXPECT_EQ(rate_of_row(report(), bundle.table(), 2).kind, RateKind::estimated);
  EXPECT_THAT(page_of(bundle), HasSubstr("row 0 is 10.00 times as fast")) << "8000.5 over 800, both simulated";
  EXPECT_THAT(page_of(with_reports(report_to_json(report()), search().dump())), HasSubstr("not compared"))
      << "an estimate is no match for a simulation";
}

TEST_F(Page, reports_of_other_types_are_a_sentence_that_names_the_file) {
  const std::string good = report_to_json(report());
  EXPECT_THAT(page_of(with_reports("[]", "")), AllOf(HasSubstr("error: "), HasSubstr("report.json")));
  for (const char* key :
       {"version", "losses", "rows", "baselines", "mixture_simulated_cycles", "dense_simulated_cycles"}) {
    json odd = search();
    odd[key] = "x";
    EXPECT_THAT(page_of(with_reports(good, odd.dump())), AllOf(HasSubstr("error: "), HasSubstr("search.json"))) << key;
  }
  json no_rows = search();
  no_rows["baselines"].push_back(
      {{"name", "dense"}, {"how", ""}, {"dsp_blocks", 1}, {"multipliers", 1}, {"rows", json::array()}});
  EXPECT_THAT(page_of(with_reports(good, no_rows.dump())), HasSubstr("has no row"));
}

TEST_F(Page, golden_pictures_that_are_missing_or_cut_are_told) {
  const Bundle bundle = with_reports(report_to_json(report()), "");
  EXPECT_THAT(page_of(bundle, true), HasSubstr("no golden pictures to simulate"));
  BundleFiles files = verified_files(bundle.folder()).value();
  files["golden/input_00.bin"] = "123";
  const std::filesystem::path cut = scratch_.path() / "cut";
  ASSERT_TRUE(write_bundle(cut, files));
  EXPECT_THAT(page_of(Bundle::open(cut).value(), true), AllOf(HasSubstr("golden/input_00.bin"), HasSubstr("codes")));
  files["golden/input_00.bin"] = std::string(8 * 8 * 3, '\x11');
  const std::filesystem::path whole = scratch_.path() / "whole";
  ASSERT_TRUE(write_bundle(whole, files));
  EXPECT_THAT(page_of(Bundle::open(whole).value(), true),
              AllOf(HasSubstr("high water"), HasSubstr("busy cycles an image")));
}

}  // namespace
}  // namespace sluice::test
