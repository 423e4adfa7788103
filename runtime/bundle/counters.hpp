// SPDX-License-Identifier: Apache-2.0
// What a sparse layer counted while it computed one image. Meanings: RECORD_* of device/contract/wire.h.
//
// Copies of an engine send a record each; a layer's counters are their sums, so they do not depend on the copies.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

struct Kernel;
struct Netlist;

struct LayerCounters {
  int layer = 0;  // index into the network
  std::uint32_t vectors = 0;
  std::uint32_t nonzero_pairs = 0;
  std::uint32_t busy_cycles = 0;
  std::uint32_t zero_vectors = 0;

  bool operator==(const LayerCounters&) const = default;
};

// The layers whose records a collector brings, in its order: a layer has one for each copy of its engine.
std::vector<int> record_layers(const Netlist& netlist, const Kernel& collector);

// The counters of all layers from a collector's `words` for one image, copies added up; nothing when a record is
// another image's.
std::optional<std::vector<LayerCounters>> counters_of(const std::vector<int>& record_layers, const std::int32_t* words,
                                                      std::uint32_t header);

}  // namespace sluice
