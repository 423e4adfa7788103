// SPDX-License-Identifier: Apache-2.0
// Interval of a pipeline of layers, and its banded estimate.
//
// Why: all layers work at once, so the slowest sets the rate. But which one is slowest changes down a picture and from
// picture to picture; FIFOs absorb only differences shorter than what they hold. So the estimate cuts calibration into
// bands of that length and takes the mean over the bands of the largest layer time, not the largest mean. Longer FIFOs
// lower it; the largest mean is its limit.
//
// Before: one row for each slice, in time order: cycles of every layer in that slice. After: cycles a slice.
#pragma once

#include <vector>

#include "compiler/model/layer_time.hpp"

namespace sluice {

using SliceCycles = std::vector<std::vector<double>>;  // [slice][layer]

// Mean over bands of `slices_per_band` slices (the last one may be shorter) of the largest layer time, per slice.
double banded_interval(const SliceCycles& slices, int slices_per_band);

// The largest mean: what FIFOs without end would reach.
double mean_interval(const SliceCycles& slices);

// The banded estimate with the bands that FIFOs absorb. In a band of n slices the layer that falls short in it loses
// n * (banded - largest mean) cycles, unless the streams between the layers hold the work that they run apart by:
// `slack_slices`, in slices of the slowest. Bands are doubled as long as they do.
double absorbed_interval(const SliceCycles& slices, double slack_slices);

struct PipelineTime {
  double interval_cycles = 0;  // from image to image
  double latency_cycles = 0;   // of one image through an empty pipeline
  int slowest = -1;            // index of the layer that sets the interval

  double images_per_s(double clock_mhz) const { return clock_mhz * 1e6 / interval_cycles; }
};

// Layers in a chain; of branches, give the longer.
PipelineTime pipeline_time(const std::vector<LayerTime>& layers);

}  // namespace sluice
