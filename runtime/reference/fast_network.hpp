// SPDX-License-Identifier: Apache-2.0
// FastNetwork: the integer network with thresholds, computed fast on the CPU for thousands of pictures.
//
// Why: each row of the design table is measured on many pictures, and the plain reference does fifty a second. The idea
// is the activation-sparse engine's: for every output pixel only the non-zero input codes are visited, each multiplied
// with one row of weights, filters innermost, which vectorises. Weights below the threshold are zeroed once per row.
//
// It agrees with run_reference() exactly, score by score (tests/unit/runtime/reference). Thread-safe after construction.
//
// Before: network valid; thresholds one per layer, or empty.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice {

class FastNetwork {
 public:
  FastNetwork(const IntegerNetwork& network, const std::vector<Thresholds>& thresholds);

  // Output map of every layer, as run_reference().
  std::vector<Map> run(const std::vector<std::int16_t>& codes) const;

 private:
  const IntegerNetwork& network_;  // outlives this
  std::vector<Thresholds> thresholds_;
  // Per convolution: [kernel y][kernel x][channel][filter], zeroed below the weight threshold.
  std::vector<std::vector<std::int16_t>> weights_;
};

}  // namespace sluice
