// SPDX-License-Identifier: Apache-2.0
// The streams to and from the copies of an engine, compared with the layer.
//
// Why: a line buffer hands out pixels, gather and requantise kernels take results (device/lib/copies.h); both sides
// must mean the same copies, and parameters must find them by their ids.
//
// Before: as for KernelRecord::check. After: nothing is changed.
#pragma once

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

// Of a line buffer: every copy gets its pixels' share of the windows, and COPY_FIRST and COPY_KERNELS lead to it.
Status check_copies_fed(const KernelFit& fit);
// Port by port the results of the copies of the layer's engine, in `lanes` codes or sums of so many bits.
Status check_copies_taken(const KernelFit& fit, int lanes, int bits);

}  // namespace sluice
