// SPDX-License-Identifier: Apache-2.0
// SegmentDevice: the host's side of every device that runs a bundle's kernels.
//
// Why: whether a kernel is a launch on a CPU, a thread or a part of an FPGA, the host admits an image, packs it, knows
// which records are its own, and stops after a failure. A driver supplies only how a segment is enqueued and how
// records arrive.
//
// The idea: images leave in the order in which they entered. Each has a *place*, a number below the capacity that no
// other image inside has, so a driver may keep an image's buffers by its place. The first failure stays (FailureLatch):
// after it nothing is enqueued, so no place is used again while the device may still work on it, and nothing is
// answered.
//
// Before: an open bundle; the driver has sent the parameters before the first submit(). After: see Device.
#pragma once

#include <deque>
#include <mutex>

#include "runtime/drivers/segments/records.hpp"
#include "runtime/drivers/segments/segment.hpp"
#include "runtime/hal/admission.hpp"
#include "runtime/hal/failure_latch.hpp"

namespace sluice::segments {

class SegmentDevice : public Device {
 public:
  std::size_t capacity() const final { return admission_.capacity(); }
  Status submit(ImageTask task) final;
  Result<ImageScores> collect() final;

 protected:
  SegmentDevice(const Bundle& bundle, std::size_t capacity);

  // Starts an image on its way and returns. Its place is free: records of the image that had it before have been
  // received. Called by the submitting thread.
  virtual Status enqueue(const InsideImage& image, PackedSegment picture) = 0;
  // Waits for the records of the oldest image. Fails, and does not block, after the driver itself has called fail().
  // Called by the collecting thread.
  virtual Result<Arrival> receive(const InsideImage& image) = 0;
  // Called once, by the thread that brought the first failure: ends what can be ended, wakes whoever waits.
  virtual void abandon() {}

  // Keeps the first failure and returns it. From any thread, but with no lock held that enqueue(), receive() or
  // abandon() take.
  Error fail(Error failure);
  Status failure() const { return failure_.status(); }
  // "3 images inside, the oldest image 70 under row 0"
  std::string inside_story() const;

  const IntegerNetwork& network() const { return network_; }
  const Netlist& netlist() const { return netlist_; }
  const PipelineEnds& ends() const { return ends_; }

 private:
  const Clock::time_point opened_ = Clock::now();
  const IntegerNetwork network_;
  const Netlist netlist_;
  const PipelineEnds ends_;
  const Admission admission_;
  FailureLatch failure_;
  mutable std::mutex mutex_;  // guards inside_; never held while the driver is called
  std::deque<InsideImage> inside_;
  std::size_t next_place_ = 0;  // of the submitting thread
};

}  // namespace sluice::segments
