// SPDX-License-Identifier: Apache-2.0
// Waits and marks (see streams_section.hpp).
#include "apps/report/streams_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "apps/report/html.hpp"
#include "apps/report/stream_marks.hpp"

namespace sluice::page {
namespace {

using simulate::KernelReport;
using simulate::StreamReport;

std::string piece(const char* name, double share) {
  return fmt::format("<span class=\"piece {}\" style=\"--w:{:.4f}\"></span>", name, share);
}

std::string wait_rows(const Facts& facts, const simulate::SimulationReport& report) {
  std::string lines;
  const std::vector<Layer>& layers = facts.bundle.network().layers;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const KernelReport* kernel = report.busiest_of(int(l));
    if (kernel == nullptr) continue;
    lines += fmt::format(
        "<tr{}><th scope=\"row\">{}</th>{}<td class=\"number\">{}</td><td class=\"number\">{}</td><td "
        "class=\"number\">{}</td><td class=\"bars\" aria-hidden=\"true\"><span "
        "class=\"track\">{}{}{}</span></td></tr>\n",
        kernel == &report.kernels[report.bottleneck] ? " class=\"taken\"" : "", escaped(layers[l].name),
        number_cell(double(kernel->cycles.busy) / double(report.images)), percent(kernel->busy_share()),
        percent(kernel->beats_share()), percent(kernel->room_share()), piece("busy", kernel->busy_share()),
        piece("beats", kernel->beats_share()), piece("room", kernel->room_share()));
  }
  return lines;
}

std::string intervals(const Facts& facts) {
  std::string text;
  for (const RowSimulation& one : facts.simulations)
    text += fmt::format("{}row {}: {} cycles an image, {} images/s", text.empty() ? "" : "; ", one.row,
                        number(one.report.interval_cycles), number(facts.images_per_s(one.report.interval_cycles)));
  return text;
}

}  // namespace

std::string waits_figure(const Facts& facts) {
  if (facts.simulations.empty()) return "<p>Not simulated for this page (<code>--no-simulation</code>).</p>\n";
  const simulate::SimulationReport& report = facts.simulations.front().report;
  return fmt::format(
      "<p>The bundle's golden pictures, {} of them measured after {} that fill the pipeline: {}. {} So few pictures "
      "give a first look; the rates above come from more.</p>\n"
      "<ul class=\"legend\"><li><span class=\"swatch busy\"></span>works</li><li><span class=\"swatch "
      "beats\"></span>waits for a beat</li><li><span class=\"swatch room\"></span>waits for room</li></ul>\n"
      "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"waits-caption\"><table>\n"
      "<caption id=\"waits-caption\">The busiest kernel of each layer, row 0 {}</caption>\n"
      "<thead><tr><th scope=\"col\">layer</th><th scope=\"col\">busy cycles an image</th><th "
      "scope=\"col\">works</th><th scope=\"col\">waits for a beat</th><th scope=\"col\">waits for room</th><td "
      "class=\"bars\"></td></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      report.images, report.warm_up_images, intervals(facts), badge(RateKind::simulated), badge(RateKind::simulated),
      wait_rows(facts, report));
}

std::string streams_figure(const Facts& facts) {
  if (facts.simulations.empty()) return {};
  const simulate::SimulationReport& report = facts.simulations.front().report;
  const std::vector<Stream>& streams = facts.bundle.netlist().streams;
  std::vector<std::size_t> order(report.streams.size());
  for (std::size_t s = 0; s < order.size(); ++s) order[s] = s;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return report.streams[a].capacity > report.streams[b].capacity;
  });
  std::string lines;
  for (const std::size_t s : order) {
    const StreamReport& stream = report.streams[s];
    const double full = stream.capacity > 0 ? double(stream.high_water) / double(stream.capacity) : 0;
    lines += fmt::format(
        "<tr><th scope=\"row\">{}</th>{}{}{}<td class=\"number\">{}</td><td class=\"bars\" aria-hidden=\"true\"><span "
        "class=\"track\">{}</span></td>{}</tr>\n",
        escaped(stream.name), number_cell(double(stream.depth)), number_cell(double(stream.capacity)),
        number_cell(double(stream.high_water)), percent(full, 0), piece("busy", full),
        text_cell(streams[s].why, "why"));
  }
  return fmt::format(
      "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"streams-caption\"><table>\n"
      "<caption id=\"streams-caption\">{} streams, the deepest first, in beats, row 0 {}</caption>\n"
      "<thead><tr><th scope=\"col\">stream</th><th scope=\"col\">depth</th><th scope=\"col\">room</th><th "
      "scope=\"col\">high water</th><th scope=\"col\">of its room</th><td class=\"bars\"></td><th scope=\"col\" "
      "class=\"words\">why so "
      "deep</th></tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      order.size(), badge(RateKind::simulated), lines);
}

}  // namespace sluice::page
