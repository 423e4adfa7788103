// SPDX-License-Identifier: Apache-2.0
// The two ways to send queries on time (see server.hpp).
#include "apps/bench/server.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "apps/bench/arrivals.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::bench {
namespace {

// Until the last answer, or until time is up: that no query came meanwhile is part of the schedule.
double seconds_until(nanoseconds last_answer, const Load& load) {
  return is_interrupted() ? in_seconds(last_answer) : std::max(in_seconds(last_answer), load.seconds);
}

Status on_simulated_clock(Feeder& feeder, const Load& load, Measured& measured) {
  Arrivals arrivals(load.target_qps, load.seed);
  const nanoseconds begin = feeder.now();
  std::deque<nanoseconds> due;
  nanoseconds end = begin;
  const auto collect = [&]() -> Status {
    const Feeder::Done done = SLUICE_TRY(feeder.collect());
    measured.latencies.push_back(done.at - due.front());
    due.pop_front();
    end = done.at;
    return ok();
  };
  for (nanoseconds next = arrivals.next(); goes_on(measured, load, in_seconds(next)) && !is_interrupted();
       next = arrivals.next()) {
    if (feeder.is_full()) SLUICE_CHECK(collect());
    due.push_back(begin + next);
    SLUICE_CHECK(feeder.submit(begin + next));
    ++measured.queries;
    ++measured.images;
  }
  while (feeder.inside() > 0) SLUICE_CHECK(collect());
  measured.seconds = seconds_until(end - begin, load);
  return ok();
}

// Sends on its own thread; the caller's thread collects.
class WallClockServer {
 public:
  WallClockServer(Feeder& feeder, const Load& load, Measured& measured)
      : feeder_(feeder), load_(load), measured_(measured), begin_(feeder.now()) {}

  Status run() {
    {
      std::jthread sending([this] {
        guarded([this] { return send_all(); });
        const std::lock_guard lock(mutex_);
        is_complete_ = true;
        changed_.notify_all();
      });
      guarded([this] { return collect_all(); });
    }
    measured_.seconds = seconds_until(end_ - begin_, load_);
    return failure_ ? Status(*failure_) : ok();
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Waits until the query is due; false when the run was asked to end.
  bool wait_for(nanoseconds due) const {
    constexpr nanoseconds kGlance = std::chrono::milliseconds(50);
    for (nanoseconds left = due - feeder_.now(); left > nanoseconds(0); left = due - feeder_.now()) {
      if (is_interrupted()) return false;
      std::this_thread::sleep_for(std::min(left, kGlance));
    }
    return !is_interrupted();
  }

  Status send_all() {
    Arrivals arrivals(load_.target_qps, load_.seed);
    nanoseconds free_since = begin_;  // when this thread could have sent
    for (nanoseconds next = arrivals.next();; next = arrivals.next()) {
      const nanoseconds due = begin_ + next;
      if (!goes_on(measured_, load_, in_seconds(std::max(due, feeder_.now()) - begin_)) || !wait_for(due)) return ok();
      measured_.lateness.push_back(feeder_.now() - std::max(due, free_since));
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return failure_ || !feeder_.is_full(); });
      if (failure_) return ok();
      SLUICE_CHECK(feeder_.submit(nanoseconds(0)));
      due_.push_back(due);
      ++measured_.queries;
      ++measured_.images;
      changed_.notify_all();
      free_since = feeder_.now();
    }
  }

  Status collect_all() {
    while (true) {
      nanoseconds due;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return failure_ || is_complete_ || !due_.empty(); });
        if (failure_ || due_.empty()) return ok();
        due = due_.front();
        due_.pop_front();
      }
      const Feeder::Done done = SLUICE_TRY(feeder_.collect());
      measured_.latencies.push_back(done.at - due);
      end_ = done.at;
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    }
  }

  // What fails on one thread ends the other.
  template <typename Fn>
  void guarded(Fn fn) {
    Status status;
    try {
      status = fn();
    } catch (...) {
      status = caught_error("sending or collecting queries failed");
    }
    if (status) return;
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(status).error();
    changed_.notify_all();
  }

  Feeder& feeder_;
  const Load& load_;
  Measured& measured_;  // queries, images, lateness: of the sending thread; the rest of the collecting one
  const nanoseconds begin_;
  nanoseconds end_ = begin_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<nanoseconds> due_;  // of the queries inside, oldest first
  bool is_complete_ = false;
  std::optional<Error> failure_;
};

}  // namespace

Status run_server(Feeder& feeder, const Load& load, Measured& measured) {
  return feeder.is_simulated() ? on_simulated_clock(feeder, load, measured)
                               : WallClockServer(feeder, load, measured).run();
}

}  // namespace sluice::bench
