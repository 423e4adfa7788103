// SPDX-License-Identifier: Apache-2.0
// LiveRun: frames of a camera into a session, and what came out of it so far.
//
// Why: page, window and JSON lines show the same thing at different times from different threads. So one class joins
// camera and session, keeps what is known as of now, and hands out copies. Nobody who looks can hold up a frame: what
// is kept is small and bounded, and a picture is shared, not copied.
//
// Of the frames at most kMostUnderWay are in the session; it gets the newest one when there is room. So a label is at
// most so many frames old, however slow the device is; frames that found no room are the capture's dropped ones.
//
// Two rates, which never mix: the camera's frames/s, measured; and the device's images/s, which on a simulated device
// is the rate of its own clock, as if frames came without a pause from as many cameras as the target asks for.
//
// Before: a device that is open and empty. After close(): everything accepted has its answer, the counts are final.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/camera/aim.hpp"
#include "apps/camera/capture.hpp"
#include "apps/camera/snapshot.hpp"
#include "runtime/session/session.hpp"

namespace sluice::camera {

struct LiveOptions {
  Aim aim;
  std::filesystem::path audit_log;
  CaptureOptions capture;
  std::size_t top_k = 5;
  std::function<void(const RowSwitch&)> on_switch;  // of the thread that answers, or of who sets a policy
};

class LiveRun {
 public:
  static constexpr std::size_t kMostUnderWay = 2;
  static constexpr std::size_t kMostKeptSwitches = 200;

  static Result<std::unique_ptr<LiveRun>> open(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                               std::unique_ptr<FrameSource> source, LiveOptions options);
  ~LiveRun();

  // Sends the newest frame where there is room for it; waits at most about 50 ms. False: no frame will come any more.
  Result<bool> step();
  // Any thread. Refuses what table or device cannot follow; then the policy stays.
  Status set_policy(const PolicyOptions& policy);
  PolicyOptions policy() const;

  Snapshot snapshot() const;
  std::optional<Frame> newest_frame() const { return capture_->newest(); }
  // Those that are kept of the switches from this number on, in order.
  std::vector<RowSwitch> switches_from(std::uint64_t number) const;

  // Takes no more frames, waits for all answers. What ended the run, where something did.
  Status close();

  const Bundle& bundle() const { return session_->bundle(); }
  const DeviceInfo& device_info() const { return device_info_; }
  const Aim& aim() const { return aim_; }
  const FrameSource& source() const { return *source_; }
  // What a reader of the device's rates must know besides; empty when there is nothing.
  std::string remark() const { return session_->device().remark(); }

 private:
  using Clock = std::chrono::steady_clock;

  LiveRun(DeviceInfo info, LiveOptions options)
      : device_info_(std::move(info)),
        aim_(std::move(options.aim)),
        top_k_(options.top_k),
        on_switch_(std::move(options.on_switch)),
        policy_(aim_.policy) {}
  Status take_answer(const Frame& frame, double brightness, Outcome outcome);
  void take_decision(const Decision& decision);
  void add_switch(RowSwitch one);
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const DeviceInfo device_info_;
  const Aim aim_;
  const std::size_t top_k_;
  const std::function<void(const RowSwitch&)> on_switch_;
  const Clock::time_point start_ = Clock::now();

  mutable std::mutex mutex_;  // guards all of this paragraph
  std::condition_variable answered_;
  PolicyOptions policy_;
  std::size_t under_way_ = 0;
  std::optional<Answer> answer_;
  std::string why_;  // of the last decision
  std::uint64_t answers_ = 0, errors_ = 0;
  std::string last_error_;
  std::deque<std::chrono::nanoseconds> completions_;  // on the device's clock, of the last answers
  std::chrono::nanoseconds first_completion_{0}, last_completion_{0};
  std::deque<std::chrono::nanoseconds> latencies_;  // frame to label, of the last answers
  std::deque<double> brightness_;                   // of the last frames
  std::deque<RowSwitch> switches_;
  std::uint64_t switch_count_ = 0;
  bool is_closed_ = false;

  FrameSource* source_ = nullptr;  // capture_ owns it
  std::mutex setting_policy_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Capture> capture_;  // first to end
};

}  // namespace sluice::camera
