// SPDX-License-Identifier: Apache-2.0
// See interval_estimate.hpp.
#include "compiler/measure/interval_estimate.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "compiler/model/pipeline_time.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/kernel_cycles.hpp"

namespace sluice {
namespace {

constexpr int kSlices = 64;  // of an image: half a row of a small picture, three of a large one

// Share of an image that the streams between `from` and every kernel hold, on the way that holds least. Streams are
// walked both ways: after a fork one branch waits for the other.
std::vector<double> slack_from(const Netlist& netlist, std::size_t from) {
  const NetlistIndex index(netlist);
  std::vector<double> slack(netlist.kernels.size(), std::numeric_limits<double>::infinity());
  slack[from] = 0;
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (std::size_t k = 0; k < netlist.kernels.size(); ++k) {
      for (const int s : netlist.kernels[k].inputs) {
        const Stream& stream = netlist.streams[std::size_t(s)];
        const double share =
            static_cast<double>(stream.depth) / static_cast<double>(std::max<std::int64_t>(1, stream.beats));
        double &writer = slack[std::size_t(index.writer(s))], &reader = slack[k];
        const double near = std::min(writer, reader);
        for (double* end : {&writer, &reader})
          if (near + share < *end) *end = near + share, has_changed = true;
      }
    }
  }
  return slack;
}

}  // namespace

ImageSlices slices_of(const Netlist& netlist, const simulate::ImagePrograms& programs) {
  ImageSlices slices;
  for (std::size_t k = 0; k < programs.size(); ++k)
    slices.push_back(simulate::slice_cycles(netlist.kernels[k], *programs[k], kSlices));
  return slices;
}

IntervalEstimate estimate_interval(const Netlist& netlist, const std::vector<ImageSlices>& images) {
  std::vector<double> means(netlist.kernels.size(), 0.0);
  for (const ImageSlices& image : images) {
    for (std::size_t k = 0; k < means.size(); ++k)
      means[k] += std::accumulate(image[k].begin(), image[k].end(), 0.0) / static_cast<double>(images.size());
  }
  IntervalEstimate estimate;
  estimate.busiest = static_cast<std::size_t>(std::max_element(means.begin(), means.end()) - means.begin());
  estimate.cycles = estimate.largest_mean = means[estimate.busiest];
  const std::vector<double> slack = slack_from(netlist, estimate.busiest);
  for (std::size_t k = 0; k < means.size(); ++k) {
    if (k == estimate.busiest) continue;
    SliceCycles both;
    for (const ImageSlices& image : images) {
      for (std::size_t s = 0; s < std::size_t(kSlices); ++s) both.push_back({image[estimate.busiest][s], image[k][s]});
    }
    estimate.cycles = std::max(estimate.cycles, kSlices * absorbed_interval(both, kSlices * slack[k]));
  }
  return estimate;
}

}  // namespace sluice
