// SPDX-License-Identifier: Apache-2.0
// BoundedThreads: the threads of the page's server; as many connections are served at once, and no more wait in memory.
//
// Why: the library's own pool takes any number of connections into a list. Here the thread that accepts waits until one
// of ours is free, so whoever comes too much waits in the system's short queue, or is turned away there.
//
// Before: none. After shutdown(): all threads have ended.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <httplib.h>

namespace sluice::camera {

class BoundedThreads final : public httplib::TaskQueue {
 public:
  explicit BoundedThreads(std::size_t threads);
  ~BoundedThreads() override { shutdown(); }

  void enqueue(std::function<void()> serve) override;
  void shutdown() override;

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable has_work_, has_room_;
  std::optional<std::function<void()>> next_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::camera
