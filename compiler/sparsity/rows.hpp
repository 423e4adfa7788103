// SPDX-License-Identifier: Apache-2.0
// Makes the design table: rows of uniform quantiles, each measured.
//
// Why: the runtime can only choose among rows whose cost is known. The idea: for a pair of quantiles (of |w|, of |a|)
// every sparse layer's thresholds are those quantiles of its *non-zero* magnitudes, on the integer grid (natural zeros
// are free and would shift a quantile over all values). The grouped-prefix engine leaves out whole ranks in the
// weights' place: as many as the quantile of |w| holds, rounded down. Then the row is measured on pictures the
// thresholds were not chosen on: paired top-1 loss against float, density and busy cycles per layer, and from every
// kernel's work the estimated interval.
//
// Before: a valid design; pictures, each with the float network's scores. After: a valid table.
#pragma once

#include <utility>
#include <vector>

#include "runtime/bundle/bundle.hpp"

namespace sluice {

struct Quantiles {
  double weight = 0;
  double activation = 0;
};

// One picture as the measurement needs it.
struct RowSample {
  std::vector<std::int16_t> codes;
  int float_class = 0;  // the float network's top-1
  int true_class = -1;  // -1: not known, then float's answer counts as true
};

struct RowOptions {
  std::vector<Quantiles> rows{{0, 0}, {0.2, 0.1}, {0.3, 0.2}, {0.4, 0.3}};
  double clock_mhz = 250;
  std::size_t counted_images = 48;  // pictures whose counters are taken (densities and cycles)
};

// Rows with thresholds, whose cost is not known yet; they do not depend on the depths of streams.
DesignTable choose_rows(const Design& design, const std::vector<RowSample>& calibration, const RowOptions& options);

// Measures `chosen`. Fails for a kernel without a schedule.
Result<DesignTable> measure_rows(const Design& design, DesignTable chosen, const std::vector<RowSample>& held_out,
                                 const RowOptions& options);

}  // namespace sluice
