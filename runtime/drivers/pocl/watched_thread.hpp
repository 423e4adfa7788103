// SPDX-License-Identifier: Apache-2.0
// WatchedThread: calls that may never return, given up when nothing moves any more.
//
// Why: OpenCL's waits know no time limit, and a kernel that loops for ever holds one of PoCL's threads for ever. The
// idea: the wait happens on a thread of its own. Whoever called looks several times per stall time; when nothing moved
// for all of it although the process has used that much processor time, the call is given up and its thread left alone.
// (Neither happens to a process that is merely stopped or starved.)
//
// Before: one caller at a time. A call owns all that it uses. After a call was given up: is_stuck(), and what it waits
// for must outlive the object; no further calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace sluice::pocl {

class WatchedThread {
 public:
  explicit WatchedThread(std::chrono::milliseconds stall_time);
  ~WatchedThread();
  WatchedThread(const WatchedThread&) = delete;

  // Whether the call returned; what it threw is thrown here. `progress`: a number that changes when something moves.
  // `is_unwanted`: gives the call up at once; asked twenty times a second.
  bool run(std::function<void()> call, const std::function<std::uint64_t()>& progress,
           const std::function<bool()>& is_unwanted = {});
  bool is_stuck() const { return is_stuck_; }
  std::chrono::milliseconds stall_time() const { return stall_time_; }

 private:
  struct State;  // shared with the thread, which may stay when this object goes
  static void serve(State& state);

  std::chrono::milliseconds stall_time_;
  std::shared_ptr<State> state_;
  std::thread thread_;
  bool is_stuck_ = false;
};

}  // namespace sluice::pocl
