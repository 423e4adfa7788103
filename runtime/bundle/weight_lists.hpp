// SPDX-License-Identifier: Apache-2.0
// WeightLists: the filters of a layer as the weight-sparse engine holds them.
//
// Why: the engine takes a cycle per entry, so zeros must not be in its memory, and a row of the design table must be
// able to leave more of them out without another copy. The idea: each filter's non-zero weights in descending
// magnitude; the weights that a threshold leaves are a prefix, and its length is all that a row has to say.
//
// Before: a convolution of a valid network. After: for every filter the same codes as Layer::weights, at places counted
// as window.cl sends them: channel group, kernel row, kernel column, lane. Equal magnitudes stand in the order of
// places.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

struct WeightEntry {
  std::int16_t code = 0;  // never 0
  std::uint16_t place = 0;

  bool operator==(const WeightEntry&) const = default;
};

class WeightLists {
 public:
  // `lanes`: codes of a beat of the window.
  WeightLists(const Layer& layer, int lanes);

  const std::vector<WeightEntry>& filter(int index) const { return filters_[std::size_t(index)]; }
  // Entries of a filter with a magnitude of at least `threshold`.
  int prefix(int filter, int threshold) const;
  // Cycles of a group of filters in lock step: the longest prefix, at least 1 (the biases must come out).
  int turns(int first_filter, int filters, int threshold) const;

 private:
  std::vector<std::vector<WeightEntry>> filters_;
};

}  // namespace sluice
