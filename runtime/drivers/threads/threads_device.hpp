// SPDX-License-Identifier: Apache-2.0
// ThreadsDevice: runs the program that a bundle holds for aoc, natively, one thread per kernel.
//
// Why: no aoc, no board, and still the text that would be synthesised must be shown to be right: results, counters, and
// that no image ever gets stuck between streams of the depths that were planned. The idea: device/threads/words.hpp.
// It is no model of time; zeros cost as much as other numbers, and every rate of it is the rate of this machine.
//
// When nothing moves although images are inside, a watchdog stops the run; every call then fails with the story of who
// waits for whom (stall_story.hpp).
//
// Before: an open bundle and a C++ compiler on the machine. After open: program compiled or found compiled, parameters
// sent over the streams. See Device for the rest.
#pragma once

#include <chrono>
#include <memory>

#include "runtime/bundle/bundle.hpp"
#include "runtime/drivers/threads/native_program.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct ThreadsOptions {
  std::size_t capacity = 8;                    // images inside at once
  std::chrono::milliseconds stall_time{2000};  // without a beat for so long, a run with images inside has failed
  bool trusts_kernels = false;  // compile the bundle's text even where it is not this library's (known_program.hpp)
  threads::CompileOptions compile;
};

Result<std::unique_ptr<Device>> open_threads_device(const Bundle& bundle, const ThreadsOptions& options = {});

}  // namespace sluice
