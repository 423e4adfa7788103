// SPDX-License-Identifier: Apache-2.0
// PoclDevice: runs a bundle's kernels on the CPU through the OpenCL API.
//
// Why: it is the device everybody has. It executes the same kernel text as a board (dialect *pocl* of
// device/lib/stream.h), one kernel launch per layer stage and image, so what it computes is what the engines compute.
//
// The idea: the netlist is a pipeline. Image n runs kernel k when its producers have finished image n and kernel k has
// finished image n - 1. OpenCL events state exactly that, on one out-of-order queue. The worker threads keep several
// images in different layers at once. Each image inside owns a slot: one segment buffer per stream.
//
// Before: an open bundle. After open(): program built, parameters loaded over the streams. See Device for the rest.
#pragma once

#include <chrono>
#include <memory>

#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct PoclOptions {
  bool trusts_kernels = false;  // compile the bundle's text even where it is not this library's (known_program.hpp)
  bool is_exact = false;  // walk every engine cycle; without it kernels with a fast form use that, with equal results
  std::size_t images_in_flight = 8;  // slots; memory grows with it
  // A launch of one kernel that takes so long, in time and in processor time, will not end.
  std::chrono::milliseconds stall_time = std::chrono::minutes(2);
};

Result<std::unique_ptr<Device>> open_pocl_device(const Bundle& bundle, const PoclOptions& options = {});

}  // namespace sluice
