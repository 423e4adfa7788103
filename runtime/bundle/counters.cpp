// SPDX-License-Identifier: Apache-2.0
// Adds up the records of a layer's copies, which stand side by side in the collector's list.
#include "runtime/bundle/counters.hpp"

#include "device/contract/wire.h"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

std::optional<std::vector<LayerCounters>> counters_of(const Netlist& netlist, const Kernel& collector, const std::int32_t* words,
                                                      std::uint32_t header) {
  std::vector<LayerCounters> all;
  for (std::size_t i = 0; i < collector.inputs.size(); ++i) {
    const std::int32_t* record = words + RECORD_WORDS * i;
    if (static_cast<std::uint32_t>(record[0]) != header) return std::nullopt;
    const int layer = netlist.kernels[std::size_t(netlist.writer(collector.inputs[i]))].layer;
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
