// SPDX-License-Identifier: Apache-2.0
// Sorting, and searching in what is sorted.
#include "runtime/bundle/weight_lists.hpp"

#include <algorithm>
#include <cstdlib>

namespace sluice {

WeightLists::WeightLists(const Layer& layer, int lanes) : filters_(std::size_t(layer.output.channels)) {
  const int channels = layer.input.channels, taps = layer.window.kernel_h * layer.window.kernel_w;
  for (std::size_t f = 0; f < filters_.size(); ++f) {
    std::vector<WeightEntry>& list = filters_[f];
    for (int group = 0; group < channels / lanes; ++group) {
      for (int tap = 0; tap < taps; ++tap) {
        for (int lane = 0; lane < lanes; ++lane) {
          const std::int16_t code = layer.weights[(f * std::size_t(taps) + std::size_t(tap)) * std::size_t(channels) +
                                                  std::size_t(group * lanes + lane)];
          if (code != 0) list.push_back({code, static_cast<std::uint16_t>((group * taps + tap) * lanes + lane)});
        }
      }
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const WeightEntry& a, const WeightEntry& b) { return std::abs(a.code) > std::abs(b.code); });
  }
}

int WeightLists::prefix(int filter, int threshold) const {
  const std::vector<WeightEntry>& list = filters_[std::size_t(filter)];
  const auto end = std::partition_point(list.begin(), list.end(),
                                        [&](const WeightEntry& e) { return std::abs(e.code) >= threshold; });
  return static_cast<int>(end - list.begin());
}

int WeightLists::turns(int first_filter, int filters, int threshold) const {
  int longest = 1;
  for (int f = first_filter; f < first_filter + filters; ++f) longest = std::max(longest, prefix(f, threshold));
  return longest;
}

}  // namespace sluice
