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

// The counters of all layers from the collector's `words` for one image, RECORD_WORDS from each of its streams. Nothing
// when a record belongs to another image.
std::optional<std::vector<LayerCounters>> counters_of(const Netlist& netlist, const Kernel& collector, const std::int32_t* words,
                                                      std::uint32_t header);

}  // namespace sluice
