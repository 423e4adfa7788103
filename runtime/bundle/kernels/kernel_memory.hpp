// SPDX-License-Identifier: Apache-2.0
// Where what lies in a kernel's memory on pocl: registers, curve, thresholds, bias and multiplier, weights.
//
// Why: the offsets are stated at the head of each kernel file; what several files lay out alike is written once here
// (device/lib/convolution_parameters.h, filter_parameters.h, curve.h). All figures are bytes.
#pragma once

#include <cstdint>

#include "device/contract/wire.h"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

// Products of a beat that meets all filters of a group, which is also the codes of a row of weights then.
int beat_products(const Netlist& netlist, const Kernel& kernel);
// Codes of a window that an engine looks through beat by beat.
std::int64_t scanned_codes(const Netlist& netlist, const Kernel& kernel);
// Registers and the fused curve.
std::int64_t bytes_with_curve(const Kernel& kernel);
// The same, as a record's member, for kernels that keep nothing else.
std::int64_t curve_memory_bytes(const Netlist&, const Kernel& kernel);
// Bias and multiplier of all filters, and the multiplier after a curve; 0 where sums leave.
std::int64_t filter_bytes(const Netlist& netlist, const Kernel& kernel);
// An engine that keeps `rows` rows of `row_codes` codes and `extra_bytes` more each, after `threshold_rows` of
// thresholds.
std::int64_t engine_bytes(const Netlist& netlist, const Kernel& kernel, std::int64_t rows, std::int64_t row_codes,
                          std::int64_t extra_bytes = 0, int threshold_rows = 0);

}  // namespace sluice
