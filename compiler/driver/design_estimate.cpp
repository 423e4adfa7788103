// SPDX-License-Identifier: Apache-2.0
// Resources of the netlist, cycles of row 0 (see design_estimate.hpp).
#include "compiler/driver/design_estimate.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice {

DesignEstimate estimate_design(const Design& design, const DesignTable& table, const ResourceModel& model) {
  const simulate::LayerCycles cycles(design);
  const NetlistResources resources = netlist_resources(design.network, design.netlist, model);
  const TableRow& row = table.rows[0];
  const NetlistIndex index(design.netlist);
  DesignEstimate all;
  all.total = resources.total;
  std::int64_t macs = 0;
  double slowest = double(design.netlist.streams[std::size_t(design.netlist.kernels[0].outputs[0])].beats);
  all.rate.bottleneck = "source";
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Layer& layer = design.network.layers[i];
    macs += layer.macs();
    LayerEstimate one{index.engine_name(int(i)), cycles.fixed(int(i)), rounded(resources.layers[i])};
    const auto entry =
        std::find_if(row.layers.begin(), row.layers.end(), [&](const TableLayer& l) { return l.name == layer.name; });
    if (entry != row.layers.end()) one.cycles = std::max(one.cycles, entry->cycles);
    if (one.cycles > slowest) slowest = one.cycles, all.rate.bottleneck = layer.name;
    all.layers.push_back(std::move(one));
  }
  all.rate.f_hls = model.hls_factor();
  all.rate.clock_mhz = table.clock_mhz;
  all.rate.cycles_per_image = row.cycles_per_image;
  all.rate.throughput_images_per_s = row.throughput_images_per_s;
  all.rate.macs_per_multiplier_and_cycle =
      double(macs) / (row.cycles_per_image * std::max(1.0, resources.total.multipliers));
  all.rate.resources = rounded(resources.total);
  all.rate.resources_shared = rounded(resources.shared);
  return all;
}

ResourceCount rounded(const Resources& cost) {
  const auto whole = [](double value) { return std::int64_t(std::llround(value)); };
  return {whole(cost.alms),       whole(cost.m20k),        whole(cost.mlab),
          whole(cost.dsp_blocks), whole(cost.multipliers), whole(cost.kernels)};
}

LayerExplanation explanation_of(const LayerStory& story) {
  const auto choice = [](const EngineOffer& o) {
    EngineChoice made{to_text(o.kind), to_text(o.verdict), o.why, {}, 0, {}};
    if (o.cycles > 0) made.numbers = numbers_text(o.shape), made.cycles = o.cycles, made.resources = rounded(o.cost);
    return made;
  };
  LayerExplanation explanation;
  for (const EngineOffer& offer : story.offers) explanation.offers.push_back(choice(offer));
  explanation.requantisers = story.requantisers;
  if (story.faster) explanation.next_faster = choice(*story.faster);
  return explanation;
}

}  // namespace sluice
