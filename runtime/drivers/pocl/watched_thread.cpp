// SPDX-License-Identifier: Apache-2.0
// One slot for a call, handed back and forth under a mutex (see watched_thread.hpp).
#include "runtime/drivers/pocl/watched_thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <mutex>
#include <utility>

namespace sluice::pocl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLooksPerStall = 8;
constexpr std::chrono::milliseconds kLook(50);

std::chrono::nanoseconds processor_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

struct WatchedThread::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> call;  // empty: none, or it returned
  std::exception_ptr thrown;
  bool is_ending = false;
};

WatchedThread::WatchedThread(std::chrono::milliseconds stall_time)
    : stall_time_(stall_time), state_(std::make_shared<State>()), thread_([state = state_] { serve(*state); }) {}

WatchedThread::~WatchedThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  is_stuck_ ? thread_.detach() : thread_.join();
}

void WatchedThread::serve(State& state) {
  std::unique_lock lock(state.mutex);
  while (true) {
    state.changed.wait(lock, [&] { return state.is_ending || state.call; });
    if (!state.call) return;
    const std::function<void()> call = state.call;
    lock.unlock();
    std::exception_ptr thrown;
    try {
      call();
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    state.thrown = thrown;
    state.call = nullptr;
    state.changed.notify_all();
  }
}

bool WatchedThread::run(std::function<void()> call, const std::function<std::uint64_t()>& progress,
                        const std::function<bool()>& is_unwanted) {
  std::unique_lock lock(state_->mutex);
  state_->call = std::move(call);
  state_->changed.notify_all();
  Clock::time_point moved = Clock::now();
  std::chrono::nanoseconds used = processor_time();
  std::uint64_t last = 0;
  const auto has_returned = [this] { return !state_->call; };
  const auto look = is_unwanted ? std::min(kLook, stall_time_ / kLooksPerStall) : stall_time_ / kLooksPerStall;
  while (!state_->changed.wait_for(lock, look, has_returned)) {
    if (is_unwanted && is_unwanted()) {
      is_stuck_ = true;
      return false;
    }
    if (const std::uint64_t now = progress(); now != last) {
      last = now;
      moved = Clock::now();
      used = processor_time();
    }
    if (Clock::now() - moved < stall_time_ || processor_time() - used < stall_time_) continue;
    is_stuck_ = true;
    return false;
  }
  if (const std::exception_ptr thrown = std::exchange(state_->thrown, nullptr)) std::rethrow_exception(thrown);
  return true;
}

}  // namespace sluice::pocl
