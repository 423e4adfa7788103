// SPDX-License-Identifier: Apache-2.0
// The table and the picture that a person is shown (see story.hpp).
#include "apps/examples/drifting_stream/story.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "runtime/base/accuracy.hpp"
#include "runtime/base/json.hpp"

namespace sluice::example {
namespace {

const cv::Scalar kBlue(190, 110, 30), kRed(60, 60, 210), kGreen(70, 150, 40), kOrange(30, 140, 240), kBlack(60, 60, 60);

std::string run_line(const NamedRun& r, double target) {
  const auto count = static_cast<std::int64_t>(r.run.images.size());
  const Interval top1 = wilson(std::llround(r.run.top1() * double(count)), std::max<std::int64_t>(1, count));
  return fmt::format("{:<30} {:6.2f} % [{:.2f}, {:.2f}] {:14.0f} {:22.1f} % {:10}\n", r.name, 100 * top1.value,
                     100 * top1.low, 100 * top1.high, r.run.mean_images_per_s(),
                     100 * r.run.share_at_or_above(target, kHoldWindow), r.run.switches());
}

// Mean density of a layer over the pictures of one scene, and of what their rows assumed.
std::pair<double, double> scene_density(const Story& story, const DesignTable& table, std::size_t scene,
                                        std::size_t layer) {
  const StreamRun& run = story.adaptive.run;
  double seen = 0, assumed = 0, count = 0;
  for (std::size_t i = 0; i < run.images.size(); ++i) {
    if (story.drift.scene_at(i) != scene) continue;
    seen += run.images[i].density[layer];
    assumed += table.rows[run.images[i].row].layers[layer].density_assumed;
    count += 1;
  }
  return {seen / std::max(1.0, count), assumed / std::max(1.0, count)};
}

std::string density_text(const Story& story, const DesignTable& table) {
  std::string text = fmt::format("{:<32}", "density seen / assumed");
  for (const Scene& scene : story.drift.scenes()) text += fmt::format("{:>15}", scene.name);
  for (std::size_t l = 0; l < table.rows[0].layers.size(); ++l) {
    if (!is_sparse(table.rows[0].layers[l].engine)) continue;
    text += fmt::format("\n{:<32}", table.rows[0].layers[l].name);
    for (std::size_t s = 0; s < story.drift.scenes().size(); ++s) {
      const auto [seen, assumed] = scene_density(story, table, s, l);
      text += fmt::format("    {:.3f} /{:.3f}", seen, assumed);
    }
  }
  return text + "\n";
}

std::vector<double> moving_accuracy(const StreamRun& run) {
  std::vector<double> values(run.images.size(), std::numeric_limits<double>::quiet_NaN());
  std::size_t right = 0;
  for (std::size_t i = 0; i < run.images.size(); ++i) {
    right += run.images[i].is_right;
    if (i >= kAccuracyWindow) right -= run.images[i - kAccuracyWindow].is_right;
    if (i + 1 >= kAccuracyWindow) values[i] = 100.0 * double(right) / kAccuracyWindow;
  }
  return values;
}

// A step a little: the mean of the last kRateWindow images, probes included.
std::vector<double> moving_density(const StreamRun& run, std::size_t layer) {
  std::vector<double> values;
  double mean = run.images.empty() ? 0 : run.images[0].density[layer];
  for (const ImageRecord& image : run.images) values.push_back(mean += (image.density[layer] - mean) / kRateWindow);
  return values;
}

// What the row in charge assumes; probes do not count.
std::vector<double> assumed_density(const std::vector<double>& rows, const DesignTable& table, std::size_t layer) {
  std::vector<double> values;
  for (const double row : rows) values.push_back(table.rows[std::size_t(row)].layers[layer].density_assumed);
  return values;
}

// The row in charge at every picture, from the decisions.
std::vector<double> rows_in_charge(const StreamRun& run) {
  std::uint32_t row = run.decisions.empty() ? run.images.at(0).row : run.decisions[0].row;
  std::vector<double> rows(run.images.size(), row);
  for (const Decision& d : run.decisions) {
    if (d.choice != d.row)
      std::fill(rows.begin() + std::ptrdiff_t(std::min<std::uint64_t>(d.effective_from, rows.size())), rows.end(),
                d.choice);
  }
  return rows;
}

void widen(Panel& panel, const std::vector<double>& values, double step) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    panel.low = std::min(panel.low, std::floor(values[i] / step) * step);
    panel.high = std::max(panel.high, std::ceil(values[i] / step) * step);
  }
}

Panel rate_panel(const Story& story) {
  Panel panel{fmt::format("images/s, simulated, mean of {} images", kRateWindow), {}, 1e9, 0, 4, "{:.0f}"};
  const cv::Scalar colours[] = {kBlue, kOrange, kGreen};
  std::size_t next = 0;
  for (const NamedRun& fixed : story.fixed)
    panel.series.push_back({fixed.name, fixed.run.images_per_s(kRateWindow), colours[next++ % 3]});
  panel.series.push_back({"adaptive", story.adaptive.run.images_per_s(kRateWindow), kRed});
  for (Series& s : panel.series) {
    std::fill(s.values.begin(), s.values.begin() + std::ptrdiff_t(std::min(kRateWindow, s.values.size())),
              std::numeric_limits<double>::quiet_NaN());
    widen(panel, s.values, 1000);
  }
  panel.series.push_back({"target", std::vector<double>(story.adaptive.run.images.size(), story.target_images_per_s),
                          kBlack, false, true});
  widen(panel, panel.series.back().values, 1000);
  panel.ticks = static_cast<int>(std::lround((panel.high - panel.low) / 1000));
  return panel;
}

Panel density_panel(const Story& story, const DesignTable& table, const std::vector<double>& rows) {
  Panel panel{"density seen (lines), assumed by the row (dashes)", {}, 0, 0.1, 4, "{:.2f}"};
  const cv::Scalar colours[] = {kRed, kBlue, kGreen, kOrange};
  std::size_t shown = 0;
  for (std::size_t l = 0; l < table.rows[0].layers.size() && shown < std::size(colours); ++l) {
    const TableLayer& layer = table.rows[0].layers[l];
    // Layers that decide the rate say most; four lines can still be told apart.
    if (!is_sparse(layer.engine) || layer.cycles < 0.6 * table.rows[0].cycles_per_image) continue;
    const cv::Scalar colour = colours[shown++];
    panel.series.push_back({layer.name, moving_density(story.adaptive.run, l), colour});
    panel.series.push_back({"", assumed_density(rows, table, l), colour, true, true});
    widen(panel, panel.series[panel.series.size() - 2].values, 0.1);
  }
  return panel;
}

}  // namespace

namespace {

// What the picture shows, in words.
std::vector<std::string> sentences(const Story& story) {
  std::vector<std::string> all;
  const auto share = [&](const StreamRun& run) {
    return fmt::format("{:.0f} % of the stream", 100 * run.share_at_or_above(story.target_images_per_s, kHoldWindow));
  };
  for (const NamedRun& fixed : story.fixed)
    all.push_back(
        fmt::format("{} throughout: at least {:.0f} images/s (over {} images) for {}, right for {:.1f} % of "
                    "the pictures.",
                    fixed.name, story.target_images_per_s, kHoldWindow, share(fixed.run), 100 * fixed.run.top1()));
  all.push_back(
      fmt::format("adaptive: for {}, right for {:.1f} %, with {} switches: an accurate row where the pictures "
                  "let it run fast enough, a faster one elsewhere.",
                  share(story.adaptive.run), 100 * story.adaptive.run.top1(), story.adaptive.run.switches()));
  return all;
}

}  // namespace

std::string story_text(const Story& story, const DesignTable& table) {
  std::string text = density_text(story, table);
  text += fmt::format("\n{:<30} {:<24} {:>14} {:>24} {:>10}\n", "pass", "top-1 on this stream", "images/s sim.",
                      fmt::format("of it at {:.0f} or more", story.target_images_per_s), "switches");
  for (const NamedRun& fixed : story.fixed) text += run_line(fixed, story.target_images_per_s);
  return text + run_line(story.adaptive, story.target_images_per_s);
}

std::string story_json(const Story& story, const DesignTable& table) {
  using nlohmann::json;
  const auto pass = [&](const NamedRun& r) {
    return json{{"name", r.name},
                {"images", r.run.images.size()},
                {"top1_percent", 100 * r.run.top1()},
                {"throughput_images_per_s", r.run.mean_images_per_s()},
                {"switches", r.run.switches()},
                {"share_at_target", r.run.share_at_or_above(story.target_images_per_s, kHoldWindow)}};
  };
  json fixed = json::array();
  for (const NamedRun& r : story.fixed) fixed.push_back(pass(r));
  return json_text(json{{"design_hash", table.design_hash},
                        {"target_images_per_s", story.target_images_per_s},
                        {"device", story.device_name},
                        {"throughput_kind", "simulated"},
                        {"fixed", fixed},
                        {"adaptive", pass(story.adaptive)}},
                   1) +
         "\n";
}

Chart story_chart(const Story& story, const DesignTable& table) {
  const StreamRun& run = story.adaptive.run;
  Chart chart;
  chart.title = fmt::format("A drifting stream of {} pictures, target {:.0f} images/s, on {}", run.images.size(),
                            story.target_images_per_s, story.device_name);
  chart.horizontal = "pictures";
  chart.length = run.images.size();
  for (std::size_t s = 0; s < story.drift.scenes().size(); ++s)
    chart.marks.push_back({story.drift.first_of(s), story.drift.scenes()[s].name});
  const std::vector<double> rows = rows_in_charge(run);
  const int last_row = static_cast<int>(table.rows.size()) - 1;
  chart.panels.push_back(rate_panel(story));
  chart.panels.push_back({"row in charge, adaptive pass",
                          {{"", rows, kRed, true}},
                          0,
                          double(std::max(1, last_row)),
                          std::max(1, last_row),
                          "{:.0f}"});
  chart.panels.push_back(density_panel(story, table, rows));
  Panel accuracy{fmt::format("top-1 in percent, mean of {} images", kAccuracyWindow), {}, 0, 100, 5, "{:.0f}"};
  const cv::Scalar colours[] = {kBlue, kOrange, kGreen};
  for (std::size_t f = 0; f < story.fixed.size(); ++f)
    accuracy.series.push_back({story.fixed[f].name, moving_accuracy(story.fixed[f].run), colours[f % 3]});
  accuracy.series.push_back({"adaptive", moving_accuracy(run), kRed});
  chart.panels.push_back(accuracy);
  chart.sentences = sentences(story);
  return chart;
}

}  // namespace sluice::example
