// SPDX-License-Identifier: Apache-2.0
// What engines of convolutions have in common, compared with their layer.
//
// The idea: an engine's sums or codes go on to kernels that take them for what they are, so a number that changes what
// travels (copies, ranks, tiles, sums) is compared with the kernel on the other side of the stream.
//
// Before: as for KernelRecord::check, of a conv kernel. After: nothing is changed.
#pragma once

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

// Filter groups, rows of weights within an address's reach, weight bits, sums; record and pixels of sparse engines.
// `group_rows`: rows of weights of a filter group.
Status check_convolution(const KernelFit& fit, std::int64_t group_rows);
// Beats of whole windows arrive once per filter group: STEPS of them a pixel.
Status check_window_beats(const KernelFit& fit);
// The same of an engine that scans them: once per pass, for as many ranks as it has, in beats that its mask can hold.
Status check_scanned_windows(const KernelFit& fit, int ranks);

}  // namespace sluice
