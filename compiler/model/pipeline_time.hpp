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

}  // namespace sluice
