// SPDX-License-Identifier: Apache-2.0
// The report for people: at most 100 columns, the last line is the result.
#include <algorithm>

#include <fmt/format.h>

#include "apps/bench/report.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice::bench {
namespace {

// Each condition on a line of its own.
std::string verdict(const std::vector<std::string>& missed) {
  std::string text = missed.empty() ? "VALID\n" : "INVALID\n";
  for (const std::string& sentence : missed) text += "    " + sentence + "\n";
  return text;
}

// At most so wide, so that columns hold.
std::string cut(std::string text, std::size_t width) {
  if (text.size() > width) text = text.substr(0, width - 3) + "...";
  return text;
}

constexpr std::size_t kNameWidth = 40;

struct Line {
  std::string name;
  const Measured* measured;
  bool is_simulated;
};

std::vector<Line> lines_of(const Report& report) {
  std::vector<Line> lines;
  for (const DeviceRun& run : report.runs) lines.push_back({run.name, &run.measured, run.info.is_simulated()});
  for (const Baseline& b : report.baselines) {
    if (b.missing.empty())
      lines.push_back({fmt::format("{} {}, {}, batch {}", b.engine, b.version, b.form, b.batch), &b.measured, false});
  }
  return lines;
}

// Images a second of the clock that counts, beside images a second of the processor.
std::string rates_text(const std::string& head, const std::vector<Line>& lines) {
  const bool has_energy =
      std::any_of(lines.begin(), lines.end(), [](const Line& line) { return line.measured->joules.has_value(); });
  std::string text = fmt::format("{:<{}}  {:>12}  {:>12}  {:>16}{}\n", head, kNameWidth, "images/s", "images/s",
                                 "images/processor", has_energy ? "  joules/image" : "");
  text += fmt::format("{:<{}}  {:>12}  {:>12}  {:>16}\n", "", kNameWidth, "measured", "simulated", "second, measured");
  for (const Line& line : lines) {
    const Measured& m = *line.measured;
    const std::string rate = fmt::format("{:.1f}", m.images_per_s());
    const std::string per_processor = line.is_simulated || m.processor_seconds <= 0
                                          ? ""
                                          : fmt::format("{:.1f}", static_cast<double>(m.images) / m.processor_seconds);
    std::string row = fmt::format("{:<{}}  {:>12}  {:>12}  {:>16}", cut(line.name, kNameWidth), kNameWidth,
                                  line.is_simulated ? "" : rate, line.is_simulated ? rate : "", per_processor);
    if (m.joules && m.images > 0) row += fmt::format("  {:>12.4f}", *m.joules / static_cast<double>(m.images));
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string percentiles_text(const std::string& head, const std::vector<Line>& lines) {
  std::string text = fmt::format("{:<{}}", head, kNameWidth);
  for (const double p : kPercentiles) text += fmt::format("  {:>7}", fmt::format("p{:g}", p));
  text += "\n";
  bool is_any = false;
  for (const Line& line : lines) {
    if (line.measured->latencies.empty()) continue;
    is_any = true;
    const std::string name = line.name + (line.is_simulated ? ", simulated" : ", measured");
    text += fmt::format("{:<{}}", cut(name, kNameWidth), kNameWidth);
    for (const double p : kPercentiles)
      text += fmt::format("  {:>7.{}f}", in_ms(percentile(line.measured->latencies, p / 100)), 3);
    text += "\n";
  }
  return is_any ? text : "";
}

std::string run_text(const Report& report, const DeviceRun& run) {
  const Measured& m = run.measured;
  std::string text = fmt::format(
      "{}: {}, {} in flight; opened in {:.2f} s, first image {:.3f} ms\n"
      "  not counted: warm-up {} images, {:.2f} s; pipeline fill {} images, {:.4f} s\n"
      "  device only, {}: {} images in {:.2f} s {}: {}",
      run.name, run.info.name, run.in_flight, run.open_s, in_ms(m.first_image), m.warm_up.images, m.warm_up.seconds,
      m.fill.images, m.fill.seconds, name_of(report.scenario), m.images, m.seconds, run.info.rate_kind,
      verdict(run.missed));
  if (report.server && !m.lateness.empty())
    text += fmt::format("  schedule: queries were sent {:.3f} ms late (99th percentile)\n",
                        in_ms(percentile(m.lateness, .99)));
  if (run.stages) {
    const Stages& s = *run.stages;
    text += fmt::format("  stages of a picture alone, mean of {}, ms: decode {:.3f}  resize {:.3f}  pack {:.3f}\n    ",
                        s.images, s.decode_ms, s.resize_ms, s.pack_ms);
    text += run.info.is_simulated() ? fmt::format("measured here; compute {:.3f} simulated\n", s.compute_ms)
                                    : fmt::format("submit {:.3f}  compute {:.3f}  collect {:.3f}\n", s.submit_ms,
                                                  s.compute_ms, s.collect_ms);
  }
  if (run.end_to_end) {
    const Measured& whole = run.end_to_end->measured;
    text += fmt::format("  {}: {:.1f} images/s measured, {} images in {:.2f} s: {}",
                        run.end_to_end->is_host_alone ? "the host alone, from files to a device that costs nothing"
                                                      : "end to end, from files to scores",
                        whole.images_per_s(), whole.images, whole.seconds, verdict(run.end_to_end->missed));
  }
  const KernelShares& shares = run.shares;
  if (const double total = shares.total(); total > 0) {
    if (shares.knows_layers())
      text += fmt::format(
          "  kernel time: multiplier arrays {:.1f} %, what feeds them {:.1f} %, outside convolutions {:.1f} %\n",
          100 * shares.convolution_s / total, 100 * shares.window_s / total, 100 * shares.other_s / total);
    for (const KernelTime& k : shares.slowest)
      text += fmt::format("    {:<44} {:5.1f} %  {:.3f} ms an image\n", k.kernel, 100 * k.seconds / total,
                          1e3 * k.seconds / static_cast<double>(std::max<std::uint64_t>(1, k.launches)));
  }
  if (run.planned) text += "  " + run.planned->text(m.images_per_s(), run.info.rate_kind) + "\n";
  if (!run.remark.empty()) text += "  " + run.remark + "\n";
  return text;
}

}  // namespace

std::string headline(const Report& report, const DeviceRun& run) {
  const Measured& m = run.measured;
  const std::string device = run.info.rate_kind + " on " + run.name;
  const auto latency = [&](double p) { return in_ms(percentile(m.latencies, p / 100)); };
  std::string figure;
  switch (report.scenario) {
    case Scenario::single_stream:
      figure = fmt::format("p90 {:.3f} ms {}, {:.1f} images/s", latency(90), device, m.images_per_s());
      break;
    case Scenario::multi_stream:
      figure = fmt::format("p99 {:.3f} ms for {} images {}, {:.1f} images/s", latency(99), kMultiStreamImages, device,
                           m.images_per_s());
      break;
    case Scenario::server:
      figure = fmt::format("p99 {:.3f} ms at {:g} queries/s {}", latency(99), report.server->target_qps, device);
      break;
    case Scenario::offline:
      figure = fmt::format("{:.1f} images/s {}", m.images_per_s(), device);
      break;
  }
  return fmt::format("{}: {} ({} images in {:.2f} s), {}; not an MLPerf result", name_of(report.scenario), figure,
                     m.images, m.seconds, run.missed.empty() ? "VALID" : "INVALID");
}

std::string report_text(const Report& report) {
  std::string text = fmt::format(
      "{} int{}, {:.1f} M MACs an image, design {}; {}\n"
      "{}, {} cores, load {:.1f}; {} commit {}; seed {}\n",
      report.network, report.bits, 1e-6 * static_cast<double>(report.macs), report.design_hash.substr(0, 12),
      report.pictures, report.host.processor, report.host.cores, report.host.load, report.version, report.commit,
      report.seed);
  if (report.server)
    text += fmt::format("Server: {:g} queries/s as a Poisson process, bound {:g} ms\n", report.server->target_qps,
                        in_ms(report.server->latency_bound));
  for (const DeviceRun& run : report.runs) text += "\n" + run_text(report, run);
  for (const Baseline& b : report.baselines) {
    const std::string engine = fmt::format("{}{}{}, {}", b.engine, b.version.empty() ? "" : " ", b.version, b.form);
    text +=
        b.missing.empty()
            ? fmt::format("{}: {} images in {:.2f} s, batch {}; the bundle's first class on {:.1f} % of the pictures\n",
                          engine, b.measured.images, b.measured.seconds, b.batch, 100 * b.same_top1_share)
            : fmt::format("{}: no figure: {}\n", engine, b.missing);
  }
  const std::vector<Line> lines = lines_of(report);
  text += "\n" + rates_text(fmt::format("{}, device only", name_of(report.scenario)), lines);
  text += "\n" + percentiles_text(report.scenario == Scenario::offline ? "ms in the device" : "latency, ms", lines);
  std::vector<Line> whole;
  for (const DeviceRun& run : report.runs) {
    if (run.end_to_end && !run.end_to_end->is_host_alone) whole.push_back({run.name, &run.end_to_end->measured, false});
  }
  if (!whole.empty()) {
    text += "\n" + rates_text(fmt::format("{}, end to end", name_of(report.scenario)), whole);
    text += "\n" + percentiles_text("end to end, ms from file to scores", whole);
  }
  text += "\n";
  for (const DeviceRun& run : report.runs) text += headline(report, run) + "\n";
  return text;
}

}  // namespace sluice::bench
