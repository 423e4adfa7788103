// SPDX-License-Identifier: Apache-2.0
// See design_estimate.hpp.
#include "compiler/driver/design_estimate.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/simulate/layer_cycles.hpp"

namespace sluice {

using nlohmann::json;

Result<DesignEstimate> estimate_design(const Design& design, const DesignTable& table, const ResourceModel& model) {
  const auto cycles = SLUICE_TRY(simulate::LayerCycles::make(design));
  const NetlistResources resources = netlist_resources(design.network, design.netlist, model);
  DesignEstimate all;
  all.shared = resources.shared, all.total = resources.total;
  all.hls_factor = model.hls_factor(), all.clock_mhz = table.clock_mhz;
  const TableRow& row = table.rows[0];
  std::int64_t macs = 0;
  double slowest = double(design.netlist.streams[std::size_t(design.netlist.kernels[0].outputs[0])].beats);
  all.bottleneck = "source";
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Layer& layer = design.network.layers[i];
    macs += layer.macs();
    LayerEstimate one{layer.name, engine_name(design.netlist, int(i)), cycles.fixed(int(i)), resources.layers[i], {}};
    const auto entry = std::find_if(row.layers.begin(), row.layers.end(), [&](const TableLayer& l) { return l.name == layer.name; });
    if (entry != row.layers.end()) one.cycles = std::max(one.cycles, entry->cycles);
    if (one.cycles > slowest) slowest = one.cycles, all.bottleneck = layer.name;
    all.layers.push_back(std::move(one));
  }
  all.interval_cycles = row.cycles_per_image;
  all.images_per_s = row.throughput_images_per_s;
  all.emm = double(macs) / (all.interval_cycles * std::max(1.0, all.total.multipliers));
  return all;
}

json to_json(const Resources& cost) {
  const auto rounded = [](double value) { return std::int64_t(std::llround(value)); };
  return {{"alms", rounded(cost.alms)}, {"ram_blocks", rounded(cost.m20k)}, {"mlabs", rounded(cost.mlab)}, {"dsp_blocks", rounded(cost.dsp_blocks)},
          {"multipliers", rounded(cost.multipliers)}, {"kernels", rounded(cost.kernels)}};
}

json to_json(const LayerStory& story) {
  const auto offer = [](const EngineOffer& o) {
    json entry{{"engine", to_text(o.kind)}, {"verdict", to_text(o.verdict)}, {"why", o.why}};
    if (o.cycles > 0) entry["numbers"] = numbers_text(o.shape), entry["cycles"] = o.cycles, entry["resources"] = to_json(o.cost);
    return entry;
  };
  json entry{{"offers", json::array()}};
  for (const EngineOffer& o : story.offers) entry["offers"].push_back(offer(o));
  if (!story.requantisers.empty()) entry["requantisers"] = story.requantisers;
  if (story.faster) entry["next_faster"] = offer(*story.faster);
  return entry;
}

json to_json(const DesignEstimate& e) {
  json all{{"kind", "estimated"}, {"f_hls", e.hls_factor}, {"clock_mhz", e.clock_mhz}, {"cycles_per_image", e.interval_cycles}, {"throughput_images_per_s", e.images_per_s},
           {"macs_per_multiplier_and_cycle", e.emm}, {"bottleneck", e.bottleneck}, {"resources", to_json(e.total)}, {"resources_shared", to_json(e.shared)}};
  if (e.target.empty()) return all;
  all[e.is_board ? "board" : "budget"] = e.target;
  all["objective"] = e.target_images_per_s > 0 ? json{{"least_resources_at_images_per_s", e.target_images_per_s}} : json("highest rate");
  all["explored_cycles_per_image"] = e.explored_interval_cycles;
  for (const ResourceUse& use : e.uses) {
    all["uses"].push_back({{"resource", use.resource}, {"used", std::llround(use.used)}, {"plannable", std::llround(use.plannable)}, {"share", use.share()}});
  }
  return all;
}

std::string estimate_text(const DesignEstimate& e) {
  std::string text = fmt::format("{:<30} {:<18} {:>6} {:>10} {:>8} {:>6} {:>6}   all estimated\n", "layer", "engine", "mult.", "cycles", "ALMs", "RAMs", "DSPs");
  for (const LayerEstimate& l : e.layers) {
    text += fmt::format("{:<30} {:<18} {:>6.0f} {:>10.0f} {:>8.0f} {:>6.0f} {:>6.0f}{}\n", l.name, l.engine.empty() ? "-" : l.engine, l.cost.multipliers, l.cycles, l.cost.alms,
                        l.cost.m20k, l.cost.dsp_blocks, l.name == e.bottleneck ? "   <- sets the rate" : "");
  }
  text += fmt::format("{:<30} {:<18} {:>6} {:>10} {:>8.0f} {:>6.0f} {:>6.0f}\n", "source, sink, forks, records", "-", "", "", e.shared.alms, e.shared.m20k, e.shared.dsp_blocks);
  text += fmt::format("{:<30} {:<18} {:>6.0f} {:>10.0f} {:>8.0f} {:>6.0f} {:>6.0f}   f_hls {:g}\n", "together", "", e.total.multipliers, e.interval_cycles, e.total.alms, e.total.m20k,
                      e.total.dsp_blocks, e.hls_factor);
  if (!e.uses.empty()) {
    const ResourceUse& first = e.uses.front();
    text += fmt::format("{} {}: {} bind, {:.0f} % full", e.is_board ? "board" : "budget", e.target, first.resource, 100 * first.share());
    for (std::size_t u = 1; u < e.uses.size(); ++u) text += fmt::format(", {} {:.0f} %", e.uses[u].resource, 100 * e.uses[u].share());
    text += " of what a plan may use\n";
  }
  return text + fmt::format("{} sets the rate: {:.0f} cycles an image, {:.0f} images/s at {:.0f} MHz (estimated); {:.2f} dense MACs a multiplier and cycle\n", e.bottleneck,
                            e.interval_cycles, e.images_per_s, e.clock_mhz, e.emm);
}

}  // namespace sluice
