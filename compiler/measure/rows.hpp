// SPDX-License-Identifier: Apache-2.0
// What the rows of a design table cost, measured.
//
// Why: the runtime can only choose among rows whose cost is known. The idea: each row on pictures that its thresholds
// were not chosen on: paired top-1 loss against float, density and busy cycles per layer, and from every kernel's work
// the estimated interval.
//
// Before: a valid design; rows of it; pictures, each with the float network's first class. After: a valid table.
#pragma once

#include <vector>

#include "runtime/base/accuracy.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

// One picture as the measurement needs it.
struct RowSample {
  std::vector<std::int16_t> codes;
  int float_class = 0;  // the float network's top-1
  int true_class = -1;  // -1: not known, then float's answer counts as true
};

struct RowOptions {
  double clock_mhz = 250;
  std::size_t counted_images = 48;  // pictures whose counters are taken (densities and cycles)
};

// Top-1 points lost against float, as a share: `classes` are what the network says of the samples.
Interval paired_loss(const std::vector<RowSample>& samples, const std::vector<int>& classes);

DesignTable measure_rows(const Design& design, DesignTable chosen, const std::vector<RowSample>& held_out,
                                 const RowOptions& options);

}  // namespace sluice
