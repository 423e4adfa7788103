// SPDX-License-Identifier: Apache-2.0
// A live run on the simulated device whose frames a test pushes.
//
// Before: nothing. After: the source is ended before the run is, so that nothing waits for a frame.
#pragma once

#include <thread>

#include <gtest/gtest.h>

#include "apps/camera/live_run.hpp"
#include "runtime/drivers/device_list.hpp"
#include "tests/support/sparse_bundle.hpp"
#include "tests/unit/apps/camera/pushed_frames.hpp"

namespace sluice::test {

class LiveCamera : public testing::Test {
 protected:
  explicit LiveCamera(const std::string& device = "sim") {
    Bundle opened = sparse_bundle(scratch_).value();
    bundle_ = std::make_shared<const Bundle>(std::move(opened));
    camera::LiveOptions options;
    options.aim.policy = {.policy = Policy::fixed, .row = 0};
    options.aim.camera_frames_per_s = 30;
    std::shared_ptr<Device> opened_device = open_device(device, *bundle_, {.is_paced = false}).value();
    run_ = camera::LiveRun::open(bundle_, std::move(opened_device), frames_.source(true), std::move(options)).value();
    stepper_ = std::thread([this] {
      while (!is_ending_) {
        const Result<bool> step = run_->step();
        if (!step || !step.value()) return;
      }
    });
  }

  ~LiveCamera() override {
    is_ending_ = true;
    stepper_.join();
    frames_.end();
  }

  // One after the other, each answered before the next.
  void answer_frames(std::uint64_t count) {
    for (std::uint64_t f = 0; f < count; ++f) {
      const std::uint64_t before = run_->snapshot().answers;
      frames_.push(static_cast<std::uint8_t>(20 * f));
      ASSERT_TRUE(becomes([&] { return run_->snapshot().answers > before; }));
    }
  }

  const Scratch scratch_;
  PushedFrames frames_;
  std::shared_ptr<const Bundle> bundle_;
  std::unique_ptr<camera::LiveRun> run_;

 private:
  std::atomic<bool> is_ending_ = false;
  std::thread stepper_;
};

}  // namespace sluice::test
