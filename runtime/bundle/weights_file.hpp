// SPDX-License-Identifier: Apache-2.0
// weights.bin: the numbers of all layers, as design.json counts them.
//
// Why apart from design.json: structure should be readable, numbers compact. The file holds, layer by layer in order:
// weights (1 or 2 bytes each, by `weight_bits`), bias (int32), multipliers (uint16), of a curve bases
// and slopes (int16) and multipliers (uint16), little-endian, no gaps. It is written by weights_to_bytes()
// (bundle.hpp).
//
// Before: layers in the network's order. After: stated at each member.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/bundle/network.hpp"

namespace sluice {

// Bits that hold every weight of the layer: 8 where they fit, so that the file stays small.
int stored_weight_bits(const Layer& layer);

// How many numbers of a layer the file holds.
struct StoredCounts {
  int weight_bits = 8;  // 8 or 16
  std::size_t weights = 0, bias = 0, multipliers = 0, curve_segments = 0, curve_multipliers = 0;
};

// Reads layers off the front of the file. The bytes outlive it.
class WeightReader {
 public:
  explicit WeightReader(const std::string& bytes) : bytes_(bytes) {}

  // Fills in the layer's numbers; fails where the file ends before.
  Status read(const StoredCounts& counts, Layer& layer);
  // Fails unless all is read.
  Status check_end() const;

 private:
  template <typename Stored, typename Value>
  bool take(std::size_t count, std::vector<Value>& values);

  const std::string& bytes_;
  std::size_t at_ = 0;
};

}  // namespace sluice
