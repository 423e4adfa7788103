// SPDX-License-Identifier: Apache-2.0
// Figures and sentences of the first screen (see headline.hpp).
#include "apps/report/headline.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/report/html.hpp"

namespace sluice::page {
namespace {

constexpr double kFull = 0.9;          // share of a resource from which it is what binds
constexpr double kMuchWaiting = 0.05;  // of the interval, beyond what the busiest kernel works
constexpr double kWideInterval = 1;    // points of loss, from end to end
constexpr double kSameRate = 0.01;
constexpr double kRuleOfThree = 3;  // of n pictures none: 95 % sure that it is less than 3 of n

std::string tile(const std::string& title, const std::string& value, const std::string& unit,
                 const std::string& below) {
  return fmt::format(
      "<div class=\"tile\"><h3>{}</h3><p class=\"value\">{} <span class=\"unit\">{}</span></p><p>{}</p></div>\n", title,
      value, unit, below);
}

std::string rate_tile(const Facts& facts, std::size_t row, const std::string& title) {
  const RowRate rate = facts.rate(row);
  return tile(title, number(rate.images_per_s), "images/s",
              fmt::format("{} {} cycles an image at {:g}&nbsp;MHz (assumed)", badge(rate.kind),
                          number(rate.cycles_per_image), facts.clock_mhz()));
}

std::string loss_tile(const Facts& facts, std::size_t row, const std::string& title) {
  const TableRow& r = facts.rows()[row];
  return tile(title, fmt::format("<data value=\"{}\">{:+.2f}</data>", r.loss_points, r.loss_points), "points",
              fmt::format("{} 95&nbsp;% interval {:+.2f} to {:+.2f}, against float on the same {} {} pictures",
                          badge(RateKind::measured), r.loss_low, r.loss_high, facts.report.row_images,
                          facts.report.is_held_out ? "held-out" : "calibration"));
}

std::string dense_tile(const Facts& facts) {
  const char* title = "Dense engines alone";
  if (facts.search && facts.search->is_dense_alone)
    return tile(title, "this design", "", "The mixture of engines simulated slower, so it was not built.");
  const auto dense = dense_alone(facts);
  if (!dense)
    return tile(
        title, "-", "",
        facts.report.estimated.target
            ? "Not tried: plan with <code>--baselines</code>."
            : "Not tried: plan with <code>--board</code> or <code>--budget</code>, and <code>--baselines</code>.");
  const RowRate rate = facts.rate(0);
  const double ratio = dense->cycles_per_image / rate.cycles_per_image;
  const std::string beside = dense->kind != rate.kind ? std::string("not compared: the other rate is of another kind")
                                                      : fmt::format("row 0 is {:.2f} times as fast", ratio);
  return tile(title, number(facts.images_per_s(dense->cycles_per_image)), "images/s",
              fmt::format("{} {} cycles an image; {}", badge(dense->kind), number(dense->cycles_per_image), beside));
}

std::string item(const std::string& what, const std::string& advice) {
  return fmt::format("<li><p>{}</p>{}</li>\n", what, advice.empty() ? "" : "<p class=\"advice\">" + advice + "</p>");
}

const ReportedLayer* slowest(const Facts& facts, const std::string& but = {}) {
  const ReportedLayer* most = nullptr;
  for (const ReportedLayer& layer : facts.report.layers)
    if (layer.name != but && (most == nullptr || facts.cycles(0, layer) > facts.cycles(0, *most))) most = &layer;
  return most;
}

// "74 fewer DSP blocks".
std::string difference(std::int64_t count, const char* what) {
  return fmt::format("{} {} {}", number(std::abs(double(count))), count < 0 ? "fewer" : "more", what);
}

std::string faster_way(const ReportedLayer& layer) {
  if (!layer.explain) return {};
  if (!layer.explain->next_faster)
    return "No way to compute this layer that was weighed is faster: a smaller picture or a larger stride, or "
           "fewer filters, are what is left.";
  const EngineChoice& next = *layer.explain->next_faster;
  return fmt::format("The next faster way is {} with {}: {} cycles, for {}, {} and {} {}.", escaped(next.engine),
                     escaped(next.numbers), number(next.cycles), difference(next.resources.alms, "ALMs"),
                     difference(next.resources.ram_blocks, "RAM blocks"),
                     difference(next.resources.dsp_blocks, "DSP blocks"), badge(RateKind::estimated));
}

std::string bottleneck_item(const Facts& facts) {
  const ReportedLayer* first = slowest(facts);
  if (first == nullptr) return {};
  const ReportedLayer* second = slowest(facts, first->name);
  std::string what =
      fmt::format("<strong>{}</strong> ({}) is the slowest layer: {} cycles an image in row 0 {}.",
                  escaped(first->name), escaped(first->engine.empty() ? to_text(first->kind) : first->engine),
                  number(facts.cycles(0, *first)), badge(RateKind::estimated));
  if (second != nullptr && facts.cycles(0, *second) > 0)
    what += fmt::format(" If it alone were faster, {} would set the rate next, at {} images/s at most.",
                        escaped(second->name), number(facts.images_per_s(facts.cycles(0, *second))));
  return item(what, faster_way(*first));
}

std::string target_item(const Facts& facts) {
  const auto& target = facts.report.estimated.target;
  if (!target)
    return item("The design was planned for no board: its parallelism is a default, not what a board could hold.",
                "<code>sluice boards</code> lists boards; <code>sluice plan ... --board NAME</code> fills one.");
  const ResourceShare& first = target->uses.front();
  const std::string what =
      fmt::format("<strong>{}</strong> are the scarcest part of {}: {} of what a plan may use {}.",
                  escaped(first.resource), escaped(target->name), percent(first.share, 0), badge(RateKind::estimated));
  if (target->least_images_per_s > 0)
    return item(what, fmt::format("It was planned for the fewest resources at {} images/s; a higher "
                                  "<code>--target-rate</code> uses more of the board.",
                                  number(target->least_images_per_s)));
  if (first.share >= kFull)
    return item(what,
                "The board is full. Faster takes a larger board, a smaller network, or more loss "
                "(<code>--max-loss</code>).");
  return item(what, "Room is left, but the slowest layer cannot use it.");
}

std::string waiting_item(const Facts& facts) {
  if (facts.simulations.empty()) return {};
  const simulate::SimulationReport& s = facts.simulations.front().report;
  const double waiting = std::max(0.0, 1 - s.bottleneck_cycles / s.interval_cycles);
  const std::string what = fmt::format(
      "The busiest kernel, <strong>{}</strong>, works {} of {} cycles an image and waits for the rest, {} {}.",
      escaped(s.kernels[s.bottleneck].name), number(s.bottleneck_cycles), number(s.interval_cycles), percent(waiting),
      badge(RateKind::simulated));
  if (waiting < kMuchWaiting) return item(what, "Deeper streams would gain nearly nothing.");
  return item(what, facts.report.simulated
                        ? "Streams were sized by simulation; what is left are layers that take turns within an image."
                        : "<code>sluice plan ... --size-streams 1</code> chooses depths by simulation.");
}

std::string rows_item(const Facts& facts) {
  const std::vector<TableRow>& rows = facts.rows();
  if (rows.size() > 1) {
    const RowRate first = facts.rate(0), last = facts.rate(rows.size() - 1);
    return item(
        fmt::format(
            "Rows of thresholds trade accuracy for rate: the fastest of {} is {:.2f} times as fast as row 0 {}.",
            rows.size(), first.cycles_per_image / last.cycles_per_image, badge(first.kind)),
        "<code>--policy target-fps --target-fps N</code> holds a rate with the most accurate row that has it.");
  }
  const std::string why = facts.search ? facts.search->why_single : std::string();
  return item("The table has one row: there is nothing to switch to at run time.",
              why.empty() ? "" : "Why: " + escaped(why) + ".");
}

std::string loss_item(const Facts& facts) {
  const TableRow& last = facts.rows().back();
  const bool is_seen = facts.rows()[0].labels != "unseen";
  const double width = last.loss_high - last.loss_low;
  const double hidden = kRuleOfThree * 100 / double(facts.report.row_images);
  if (width == 0 && hidden > kWideInterval)
    return item(fmt::format("No picture of {} changed its class, which does not exclude a loss of {:.1f} points.",
                            facts.report.row_images, hidden),
                "More labelled pictures after the calibration ones (<code>--held-out</code>) tell more.");
  if (!is_seen && width <= kWideInterval) return {};
  std::string what, advice;
  if (width > kWideInterval)
    what = fmt::format("The loss of row {} is known to within {:.1f} points only {}.", last.id, width,
                       badge(RateKind::measured));
  if (is_seen) {
    what += (what.empty() ? "" : " ") +
            std::string("Losses were measured on pictures without true classes, or on ones the search has seen.");
    advice = "Give the calibration pictures labels, and more of them than <code>--calib-images</code>.";
  } else {
    advice = "More labelled pictures after the calibration ones (<code>--held-out</code>) narrow it.";
  }
  return item(what, advice);
}

std::string dense_item(const Facts& facts) {
  const auto dense = dense_alone(facts);
  const RowRate rate = facts.rate(0);
  if (!dense || dense->kind != rate.kind || (facts.search && facts.search->is_dense_alone)) return {};
  const double ratio = dense->cycles_per_image / rate.cycles_per_image;
  if (ratio > 1 + kSameRate) return {};
  return item(
      fmt::format("Skipping zeros gains nothing in row 0: dense engines alone take {} cycles, this design {} {}.",
                  number(dense->cycles_per_image), number(rate.cycles_per_image), badge(rate.kind)),
      "It pays where multipliers are short and logic is left, and where many values are zero.");
}

}  // namespace

std::string page_title(const Facts& facts) {
  const auto& target = facts.report.estimated.target;
  return facts.bundle.network().name + (target ? " on " + target->name : "");
}

std::string identity(const Facts& facts) {
  const IntegerNetwork& network = facts.bundle.network();
  const PlanReport& r = facts.report;
  const auto& target = r.estimated.target;
  const auto pair = [](const std::string& name, const std::string& value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
  };
  std::string classes = fmt::format("{}", network.classes());
  if (!network.labels.empty())
    classes += fmt::format(": {} to {}", escaped(network.labels.front()), escaped(network.labels.back()));
  return pair("Model", escaped(r.model)) +
         pair(target && !target->is_board ? "Budget" : "Board", target ? escaped(target->name) : "none") +
         pair("Precision", fmt::format("int{}", r.bits)) +
         pair("Input", fmt::format("{}&times;{}&times;{} (height, width, channels)", network.input.height,
                                   network.input.width, network.input.channels)) +
         pair("Classes", classes) +
         pair("Work",
              fmt::format("{}&nbsp;M multiply-accumulates an image", number(1e-6 * double(r.macs_per_image), 1))) +
         pair("Circuit",
              fmt::format("{} layers, {} kernels, {} multipliers", r.layers.size(), r.kernels, r.multipliers)) +
         pair("Design", "<code>" + escaped(facts.bundle.design_hash().substr(0, 12)) + "</code>");
}

std::string tiles(const Facts& facts) {
  const std::size_t last = facts.rows().size() - 1;
  std::string all = rate_tile(facts, 0, "Row 0, most accurate");
  if (last > 0) all += rate_tile(facts, last, fmt::format("Row {}, fastest", last));
  all += dense_tile(facts) + loss_tile(facts, 0, "Top-1 loss, row 0");
  if (last > 0) all += loss_tile(facts, last, fmt::format("Top-1 loss, row {}", last));
  return all;
}

std::string limits(const Facts& facts) {
  return bottleneck_item(facts) + target_item(facts) + dense_item(facts) + waiting_item(facts) + rows_item(facts) +
         loss_item(facts);
}

}  // namespace sluice::page
