// SPDX-License-Identifier: Apache-2.0
// Tables and JSON of a simulation (see report.hpp).
#include "runtime/simulate/report.hpp"

#include <fmt/format.h>

#include "runtime/base/json.hpp"

namespace sluice::simulate {
namespace {

using nlohmann::json;

double images_per_s(const SimulationReport& report, const ReportContext& context) {
  return 1e6 * context.clock_mhz / report.interval_cycles;
}

double ms(double cycles, const ReportContext& context) { return 1e-3 * cycles / context.clock_mhz; }

// Dense multiply-accumulates per multiplier and cycle (EMM).
double macs_per_multiplier_cycle(const SimulationReport& report, const ReportContext& context) {
  std::int64_t macs = 0, all_multipliers = 0;
  for (const Layer& layer : context.design.network.layers) macs += layer.macs();
  for (const Kernel& kernel : context.design.netlist.kernels)
    all_multipliers += multipliers(context.design.netlist, kernel);
  return static_cast<double>(macs) / (report.interval_cycles * static_cast<double>(all_multipliers));
}

double busy_cycles_per_image(const SimulationReport& report, const KernelReport& kernel) {
  return static_cast<double>(kernel.cycles.busy) / static_cast<double>(report.images);
}

std::string row_text(const SimulationReport& report, const std::string& name, const KernelReport& kernel) {
  return fmt::format("{:<34} {:<24} {:>12.0f} {:>7.1f} {:>9.1f} {:>9.1f}\n", name, op_of(kernel.kind),
                     busy_cycles_per_image(report, kernel), 100 * kernel.busy_share(), 100 * kernel.beats_share(),
                     100 * kernel.room_share());
}

std::string streams_text(const SimulationReport& report, const ReportContext& context) {
  std::string text;
  for (std::size_t s = 0; s < report.streams.size(); ++s) {
    const StreamReport& stream = report.streams[s];
    const Stream& known = context.design.netlist.streams[s];
    // Every stream in front of the bottleneck is full now and then; a long one is worth a line.
    const bool is_long = stream.capacity > 64;
    if (!context.has_streams && !is_long) continue;
    text += fmt::format("{:<44} {:>8} {:>10} {:>6}  {}\n", stream.name, stream.depth, stream.high_water,
                        stream.high_water == stream.capacity ? "full" : "", known.why);
  }
  if (text.empty()) return text;
  return fmt::format("\n{:<44} {:>8} {:>10}\n", context.has_streams ? "stream" : "stream of more than 64 beats",
                     "depth", "high water") +
         text;
}

}  // namespace

json to_json(const SimulationReport& report, const ReportContext& context) {
  json kernels = json::array(), streams = json::array(), layers = json::array();
  const auto shares = [&](const KernelReport& kernel) {
    json one{{"kernel", kernel.name},
             {"op", op_of(kernel.kind)},
             {"busy_cycles_per_image", busy_cycles_per_image(report, kernel)},
             {"busy_share", kernel.busy_share()},
             {"waiting_for_beats_share", kernel.beats_share()},
             {"waiting_for_room_share", kernel.room_share()}};
    // What its counter says on a device; none of a kernel that has no counter.
    if (kernel.cycles.uncounted > 0)
      one["counted_cycles_per_image"] =
          static_cast<double>(kernel.cycles.counted()) / static_cast<double>(report.images);
    return one;
  };
  for (const KernelReport& kernel : report.kernels) kernels.push_back(shares(kernel));
  for (std::size_t i = 0; i < context.design.network.layers.size(); ++i) {
    const KernelReport* busiest = report.busiest_of(static_cast<int>(i));
    if (busiest == nullptr) continue;
    json layer = shares(*busiest);
    layer["layer"] = context.design.network.layers[i].name;
    layers.push_back(layer);
  }
  for (const StreamReport& s : report.streams) {
    streams.push_back({{"stream", s.name},
                       {"depth_beats", s.depth},
                       {"capacity_beats", s.capacity},
                       {"high_water_beats", s.high_water}});
  }
  const KernelReport& bottleneck = report.kernels[report.bottleneck];
  return {{"network", context.design.network.name},
          {"throughput_images_per_s", images_per_s(report, context)},
          {"throughput_kind", "simulated"},
          {"clock_mhz", context.clock_mhz},
          {"clock_kind", "assumed"},
          {"interval_cycles", report.interval_cycles},
          {"shortest_interval_cycles", report.shortest_interval_cycles},
          {"longest_interval_cycles", report.longest_interval_cycles},
          {"first_image_cycles", report.first_image_cycles},
          {"first_image_ms", ms(static_cast<double>(report.first_image_cycles), context)},
          {"images", report.images},
          {"warm_up_images", report.warm_up_images},
          {"rows", context.rows},
          {"latency_cycles_per_kernel", context.pipeline.latency_cycles},
          {"latency_kind", "assumed"},
          {"macs_per_multiplier_cycle", macs_per_multiplier_cycle(report, context)},
          {"bottleneck",
           {{"kernel", bottleneck.name},
            {"busy_cycles_per_image", report.bottleneck_cycles},
            {"busy_share", bottleneck.busy_share()}}},
          {"layers", layers},
          {"kernels", kernels},
          {"streams", streams}};
}

std::string to_text(const SimulationReport& report, const ReportContext& context) {
  const KernelReport& bottleneck = report.kernels[report.bottleneck];
  std::string text = fmt::format(
      "{}, {}: {} images measured after {} that fill the pipeline; simulated, {} cycles of latency a kernel "
      "(assumed)\n\n",
      context.design.network.name, context.rows, report.images, report.warm_up_images, context.pipeline.latency_cycles);
  text += fmt::format("{:<34} {:<24} {:>12} {:>7} {:>9} {:>9}\n",
                      context.has_kernels ? "kernel" : "layer (its busiest kernel)", "kernel file", "busy cycles",
                      "busy %", "no beat %", "no room %");
  if (context.has_kernels) {
    for (const KernelReport& kernel : report.kernels) text += row_text(report, kernel.name, kernel);
  } else {
    for (std::size_t i = 0; i < context.design.network.layers.size(); ++i) {
      const KernelReport* busiest = report.busiest_of(static_cast<int>(i));
      if (busiest != nullptr) text += row_text(report, context.design.network.layers[i].name, *busiest);
    }
  }
  text += streams_text(report, context);
  text += fmt::format("\nbottleneck: {} works {:.0f} of {:.0f} cycles an image ({:.1f} %)\n", bottleneck.name,
                      report.bottleneck_cycles, report.interval_cycles,
                      100 * report.bottleneck_cycles / report.interval_cycles);
  text += fmt::format(
      "interval {:.0f} cycles, {} to {}; first image {} cycles, {:.3f} ms; {:.3f} dense MACs a multiplier and cycle\n",
      report.interval_cycles, report.shortest_interval_cycles, report.longest_interval_cycles,
      report.first_image_cycles, ms(static_cast<double>(report.first_image_cycles), context),
      macs_per_multiplier_cycle(report, context));
  return text + fmt::format("{:.1f} images/s simulated at {:.0f} MHz (assumed)\n", images_per_s(report, context),
                            context.clock_mhz);
}

}  // namespace sluice::simulate
