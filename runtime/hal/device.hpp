// SPDX-License-Identifier: Apache-2.0
// Device: what every place that can run a bundle must offer, and nothing more.
//
// Why: the stream pipeline, the benchmark and the conformance suite are written once against this class. A PoCL device,
// a board, a simulator and the null device differ only in how they implement it (the shape follows IREE's HAL drivers).
//
// The idea: a device is a bounded queue. Images enter with submit(). Their scores leave with collect() in the order
// they entered. At most capacity() images are inside; submit() on a full device is refused as a bug of the caller, so
// back-pressure is the caller's visible duty. One thread may submit while one other thread collects.
//
// A device that fails (Fault::world, or a bug found in what it computed) stays failed: every later submit() fails with
// that first failure, and so does every collect() but for images accepted before, which may still leave, rightly and in
// order. Nothing blocks for ever, and the device can be closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/counters.hpp"

namespace sluice {

// One picture, ready for the device.
struct ImageTask {
  std::uint64_t image_id = 0;       // returned unchanged with the scores
  std::uint32_t row_id = 0;         // row of the design table under which the image is computed
  std::vector<std::int16_t> codes;  // NHWC input codes, exactly input.size() of them
  // When it is offered, on the clock of a simulated device that does not wait for the wall clock; it enters as soon as
  // there is room from then on. Never earlier than that of an image before it. To other devices it means nothing.
  std::chrono::nanoseconds offered_at{0};
};

// What the device made of one picture.
struct ImageScores {
  std::uint64_t image_id = 0;
  std::uint32_t row_id = 0;
  std::vector<std::int32_t> scores;          // one code per class; real value = code * output_scale of the last layer
  std::chrono::nanoseconds device_time{0};   // from submission to completion, as the device saw it
  std::chrono::nanoseconds completed_at{0};  // on the device's own clock, which starts when it is opened
  std::vector<LayerCounters> counters;       // one per sparse layer, in network order; empty where the device has none
};

// Accumulated time of one kernel, for `sluice bench`.
struct KernelTime {
  std::string kernel;
  std::string layer;            // empty for source and sink
  bool is_convolution = false;  // true for the kernels of conv and depthwise layers
  bool multiplies = false;      // of those, the ones with the multipliers; the others feed them
  double seconds = 0;
  std::uint64_t launches = 0;
};

struct DeviceInfo {
  std::string driver;     // "pocl", "null", ...
  std::string name;       // as the vendor calls it
  std::string rate_kind;  // how a rate of it is labelled: "measured" (wall clock) or "simulated" (the device's clock)
  // Whether a sparser row makes the device faster. On a CPU the zeros cost as much as other numbers.
  bool does_row_change_rate = false;

  bool is_simulated() const { return rate_kind == "simulated"; }
};

class Device {
 public:
  virtual ~Device() = default;

  virtual DeviceInfo info() const = 0;
  // Most images inside at once; at least 1.
  virtual std::size_t capacity() const = 0;
  // Accepts one image. Fails with Fault::user for a wrong size or an unknown row (the image is not accepted), and
  // with Fault::bug when capacity() images are already inside.
  virtual Status submit(ImageTask task) = 0;
  // Waits for the oldest image inside. Fails with Fault::bug when there is none.
  virtual Result<ImageScores> collect() = 0;
  // Time per kernel since the device was opened; empty where the device cannot tell.
  virtual std::vector<KernelTime> kernel_times() const = 0;
  // What a reader of its rates must know besides, as a sentence; empty when there is nothing.
  virtual std::string remark() const { return {}; }
};

// Of one bundle, to stand in for each other, the first one working (failover_device.hpp).
using Devices = std::vector<std::shared_ptr<Device>>;

}  // namespace sluice
