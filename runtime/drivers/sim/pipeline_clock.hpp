// SPDX-License-Identifier: Apache-2.0
// PipelineClock: when each image leaves a pipeline whose layers take the given cycles.
//
// Why: the simulated device must answer at the rate of the design, not of this machine. The idea: a layer can take an
// image when it has finished the one before (it is one engine) and when the layer in front of it has begun to send (maps
// stream, a layer does not wait for a whole one). Streams between layers are taken as deep enough, so over many images
// the rate is clock / mean cycles of the slowest layer: the same figure as `throughput_images_per_s` of the table.
//
//   begin[l] = max(end of the previous image in l, begin[l - 1])        end[l] = begin[l] + cycles[l]
//   an image leaves at the largest end[l]; a join waits for its later branch, hence all layers in network order
//
// Before: the same number of layers for every image. After: times never decrease from image to image.
#pragma once

#include <vector>

namespace sluice {

class PipelineClock {
 public:
  // `arrival_cycles`: when the image was offered. Returns when it left.
  double pass(double arrival_cycles, const std::vector<double>& layer_cycles);

 private:
  std::vector<double> free_at_;  // per layer
  double left_at_ = 0;
};

}  // namespace sluice
