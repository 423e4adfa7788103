// SPDX-License-Identifier: Apache-2.0
// Workers: threads of a device's own, that compute while the caller waits.
//
// Why not the threads of oneTBB: they are as many as the machine has cores, and the stream that feeds a device keeps
// one of them waiting in submit(). A task of the device could then wait for ever for a thread that waits for the
// device.
//
// Before: tasks that do not throw. After: tasks run in the order given, each once; the destructor finishes all of them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice {

class Workers {
 public:
  // Where the system gives no further thread, those that have started must end before they can be joined.
  explicit Workers(unsigned threads) {
    try {
      for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      end();
      throw;
    }
  }
  ~Workers() { end(); }  // the threads join after it, before the queue goes

  void add(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    changed_.notify_all();
  }

  void work() {
    while (true) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_ending_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool is_ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace sluice
