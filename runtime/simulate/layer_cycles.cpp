// SPDX-License-Identifier: Apache-2.0
// Cycles of each layer (see layer_cycles.hpp).
#include "runtime/bundle/layer_cycles.hpp"

#include <algorithm>

namespace sluice {

double fixed_layer_cycles(const Netlist& netlist, int layer) {
  std::int64_t cycles = 1;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer != layer) continue;
    const auto take = [&](int stream) {
      const Kernel& writer = netlist.kernels[std::size_t(netlist.writer(stream))];
      if (writer.op != "compactor" && writer.op != "tile") cycles = std::max(cycles, netlist.streams[std::size_t(stream)].beats);
    };
    for (const int s : kernel.inputs) take(s);
    for (const int s : kernel.outputs) take(s);
  }
  return static_cast<double>(cycles);
}

std::vector<double> layer_cycles(const Design& design, const std::vector<LayerCounters>& counters) {
  std::vector<double> cycles;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    cycles.push_back(fixed_layer_cycles(design.netlist, static_cast<int>(i)));
  }
  for (const LayerCounters& c : counters) {
    double& of_layer = cycles.at(std::size_t(c.layer));
    of_layer = std::max(of_layer, static_cast<double>(c.busy_cycles) / engine_copies(design.netlist, c.layer));
  }
  return cycles;
}

double floor_cycles(const Design& design) {
  const Netlist& netlist = design.netlist;
  auto cycles = static_cast<double>(netlist.streams[std::size_t(netlist.kernels.front().outputs[0])].beats);
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    if (engine_of(netlist, static_cast<int>(i)).empty()) cycles = std::max(cycles, fixed_layer_cycles(netlist, static_cast<int>(i)));
  }
  return cycles;
}

}  // namespace sluice
