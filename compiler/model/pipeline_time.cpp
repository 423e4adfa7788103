// SPDX-License-Identifier: Apache-2.0
// See pipeline_time.hpp.
#include "compiler/model/pipeline_time.hpp"

#include <algorithm>

namespace sluice {

double banded_interval(const SliceCycles& slices, int slices_per_band) {
  double cycles = 0;
  for (std::size_t first = 0; first < slices.size(); first += std::size_t(slices_per_band)) {
    const std::size_t end = std::min(slices.size(), first + std::size_t(slices_per_band));
    std::vector<double> band(slices[first].size(), 0.0);
    for (std::size_t s = first; s < end; ++s) {
      for (std::size_t layer = 0; layer < band.size(); ++layer) band[layer] += slices[s][layer];
    }
    cycles += band.empty() ? 0 : *std::max_element(band.begin(), band.end());
  }
  return slices.empty() ? 0 : cycles / double(slices.size());
}

double mean_interval(const SliceCycles& slices) {
  return slices.empty() ? 0 : banded_interval(slices, int(slices.size()));
}

double absorbed_interval(const SliceCycles& slices, double slack_slices) {
  const double mean = mean_interval(slices);
  double interval = banded_interval(slices, 1);
  for (std::size_t length = 1; length < 2 * slices.size(); length *= 2) {
    const double banded = banded_interval(slices, int(std::min(length, slices.size())));
    if (double(length) * (banded - mean) > slack_slices * mean) break;
    interval = std::min(interval, banded);
  }
  return interval;
}

}  // namespace sluice
