// SPDX-License-Identifier: Apache-2.0
// Adds up the records of a layer's copies, which stand side by side in the collector's list.
#include "runtime/bundle/counters.hpp"

#include "device/contract/wire.h"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice {

std::vector<int> record_layers(const Netlist& netlist, const Kernel& collector) {
  const NetlistIndex index(netlist);
  std::vector<int> layers;
  for (const int stream : collector.inputs) layers.push_back(index.writing(stream).layer);
  return layers;
}

std::optional<std::vector<LayerCounters>> counters_of(const std::vector<int>& record_layers, const std::int32_t* words,
                                                      std::uint32_t header) {
  std::vector<LayerCounters> all;
  for (std::size_t i = 0; i < record_layers.size(); ++i) {
    const std::int32_t* record = words + RECORD_WORDS * i;
    if (static_cast<std::uint32_t>(record[0]) != header) return std::nullopt;
    const int layer = record_layers[i];
    if (all.empty() || all.back().layer != layer) all.push_back({layer, 0, 0, 0, 0});
    const auto counter = [&](int lane) { return static_cast<std::uint32_t>(record[1 + lane]); };
    all.back().vectors += counter(RECORD_VECTORS);
    all.back().nonzero_pairs += counter(RECORD_NONZERO_PAIRS);
    all.back().busy_cycles += counter(RECORD_BUSY_CYCLES);
    all.back().zero_vectors += counter(RECORD_ZERO_VECTORS);
  }
  return all;
}

}  // namespace sluice
