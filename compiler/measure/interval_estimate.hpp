// SPDX-License-Identifier: Apache-2.0
// IntervalEstimate: cycles from image to image, from what every kernel has to do for some pictures.
//
// Why: the table promises rates that the simulator, and later a board, must keep. Simulating every row on every picture
// takes minutes; adding up programs takes no longer than making them. The idea: the busiest kernel sets the interval.
// Another kernel may be busier for a while; what the streams between the two cannot absorb of that is added
// (compiler/model/pipeline_time.hpp). Each picture is cut into 64 slices; a band is a run of slices whose imbalance the
// streams can absorb. A stream absorbs depth / beats of an image; between two kernels the way that holds least counts.
//
// What it leaves out: kernels that wait for the first rows of their window while the one before has no room to go on,
// and more than two kernels that take turns. Measured: tests/e2e/estimates_last.txt.
//
// Before: a valid netlist; programs that its simulate::Scheduler made, at least one picture. After: not below the
// largest mean.
#pragma once

#include "runtime/simulate/schedule.hpp"

namespace sluice {

struct IntervalEstimate {
  double cycles = 0;
  double largest_mean = 0;  // what streams without end would reach
  std::size_t busiest = 0;  // the kernel that has it
};

// Work of one image as the estimate needs it: busy cycles of each kernel, slice by slice.
using ImageSlices = std::vector<std::vector<double>>;  // [kernel][slice]
ImageSlices slices_of(const Netlist& netlist, const simulate::ImagePrograms& programs);

IntervalEstimate estimate_interval(const Netlist& netlist, const std::vector<ImageSlices>& images);

}  // namespace sluice
