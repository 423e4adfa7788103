// SPDX-License-Identifier: Apache-2.0
// What a sparse layer counted while it computed one image. Meanings: device/lib/record.h; equal on every device.
#pragma once

#include <cstdint>

namespace sluice {

struct LayerCounters {
  int layer = 0;  // index into the network
  std::uint32_t vectors = 0;
  std::uint32_t nonzero_pairs = 0;
  std::uint32_t busy_cycles = 0;
  std::uint32_t zero_vectors = 0;

  bool operator==(const LayerCounters&) const = default;
};

}  // namespace sluice
