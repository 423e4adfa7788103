// SPDX-License-Identifier: Apache-2.0
// Cycles that a kernel is busy with one image, whole or part by part: the sum of its program's iterations.
//
// Why: a pipeline of kernels that never wait for room takes an image every so many cycles as its busiest kernel is busy
// with one; that is exact, cheap, and needs no formula beside the schedules. Where streams are short it matters *when*
// a kernel is busy, so an image is also cut into slices: equal shares of its pixels, whose cycles differ with their
// non-zeros.
//
// Before: programs of the netlist's scheduler. After: the busy cycles that a Pipeline counts for the same image.
#pragma once

#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {

std::int64_t busy_cycles(const Program& program);

// One entry per slice; their sum is busy_cycles(). A slice is a share of the beats that leave, so that the kernels of a
// layer are at the same pixel in it, a line buffer and the engine after it above all; of those that enter, where those
// that leave tell of non-zeros (lists, periods of tiles) or of the whole image (global averages, nothing).
std::vector<double> slice_cycles(const Kernel& kernel, const Program& program, int slices);

}  // namespace sluice::simulate
