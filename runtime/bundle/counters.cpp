// SPDX-License-Identifier: Apache-2.0
// Adds up the records of a layer's copies, which stand side by side in the collector's list.
#include "runtime/bundle/counters.hpp"

#include "runtime/bundle/netlist.hpp"

namespace sluice {

std::optional<std::vector<LayerCounters>> counters_of(const Netlist& netlist, const Kernel& collector, const std::int32_t* words,
                                                      std::uint32_t header) {
  std::vector<LayerCounters> all;
  for (std::size_t i = 0; i < collector.inputs.size(); ++i) {
    const std::int32_t* record = words + kRecordWords * i;
    if (static_cast<std::uint32_t>(record[0]) != header) return std::nullopt;
    const int layer = netlist.kernels[std::size_t(netlist.writer(collector.inputs[i]))].layer;
    if (all.empty() || all.back().layer != layer) all.push_back({layer, 0, 0, 0, 0});
    all.back().vectors += static_cast<std::uint32_t>(record[1]);
    all.back().nonzero_pairs += static_cast<std::uint32_t>(record[2]);
    all.back().busy_cycles += static_cast<std::uint32_t>(record[3]);
    all.back().zero_vectors += static_cast<std::uint32_t>(record[4]);
  }
  return all;
}

}  // namespace sluice
