// SPDX-License-Identifier: Apache-2.0
// Runs the float network on calibration pictures and collects the statistics of every value.
//
// Why: see statistics.hpp. The idea: pictures are cut into a fixed number of chunks. Each chunk is run by one task, and
// the chunks are merged in order. So the result does not depend on the number of threads.
//
// Before: graph in normal form, at least one picture. After: statistics for the graph's input and every node's output.
#pragma once

#include "compiler/quantise/float_runner.hpp"
#include "compiler/quantise/quantise.hpp"

namespace sluice {

struct Calibration {
  Statistics statistics;
  std::vector<std::vector<float>> scores;  // of each picture, in order
};

// `gains`: the statistics are of the values times them.
Result<Calibration> calibrate(const ir::Graph& graph, const FittedPictures& pictures, const ChannelGains& gains = {});

// Which node makes the infinity or NaN that `value` is the first to hold, in the order of the graph, and what to do.
std::string not_finite_text(const ir::Graph& graph, const std::string& value);

}  // namespace sluice
