// SPDX-License-Identifier: Apache-2.0
// Scenarios on the wall clock: two threads, a device without scores, and pictures from files.
//
// How fast this machine is cannot be known, so counts, orders and bounds are checked that hold on any.
#include <gtest/gtest.h>

#include <thread>

#include "apps/bench/arrivals.hpp"
#include "apps/bench/end_to_end.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::test {
namespace {

using bench::Load;
using bench::Scenario;
using std::chrono::nanoseconds;

// Answers a fixed time after submission, one image at a time; fails with image `failing`.
class SleepingDevice final : public Device {
 public:
  explicit SleepingDevice(nanoseconds time, std::uint64_t failing = ~std::uint64_t{0})
      : time_(time), failing_(failing) {}

  DeviceInfo info() const override { return {"sleeping", "a device that sleeps", "measured"}; }
  std::size_t capacity() const override { return 4; }
  Status submit(ImageTask task) override {
    if (task.image_id >= failing_) return world_error("submit: the device is gone");
    const std::lock_guard lock(mutex_);
    inside_.emplace_back(task.image_id, std::chrono::steady_clock::now());
    return ok();
  }
  Result<ImageScores> collect() override {
    std::pair<std::uint64_t, std::chrono::steady_clock::time_point> image;
    {
      const std::lock_guard lock(mutex_);
      if (inside_.empty()) return bug_error("nothing inside");
      image = inside_.front();
      inside_.erase(inside_.begin());
    }
    std::this_thread::sleep_until(image.second + time_);
    return ImageScores{image.first, 0, {1}, time_, {}, {}};
  }
  std::vector<KernelTime> kernel_times() const override { return {}; }

 private:
  const nanoseconds time_;
  const std::uint64_t failing_;
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, std::chrono::steady_clock::time_point>> inside_;
};

TEST(WallClock, EveryQueryOfAServerIsSentAndCounted) {
  SleepingDevice device(std::chrono::milliseconds(1));
  const Load load{.scenario = Scenario::server, .seconds = 0.5, .target_qps = 300, .seed = 11};
  const auto measured = bench::run_scenario(device, {{1}}, load);
  ASSERT_TRUE(measured) << measured.error().text();
  bench::Arrivals arrivals(300, 11);
  std::size_t due = 0;
  while (arrivals.next() < std::chrono::milliseconds(500)) ++due;
  const bench::Measured& m = measured.value();
  EXPECT_LE(m.queries, due);  // a busy machine may reach the end before it could send all
  EXPECT_GT(m.queries, 0u);
  ASSERT_EQ(m.latencies.size(), m.queries);
  EXPECT_GE(m.lateness.size(), m.queries);
  for (const nanoseconds latency : m.latencies) EXPECT_GE(latency, std::chrono::milliseconds(1));
  for (const nanoseconds late : m.lateness) EXPECT_GE(late, nanoseconds(0));
}

TEST(WallClock, OneByOneTakesAtLeastTheDevicesTime) {
  for (const auto& [scenario, size] : {std::pair(Scenario::single_stream, 1u), {Scenario::multi_stream, 8u}}) {
    SleepingDevice device(std::chrono::milliseconds(2));
    const auto measured = bench::run_scenario(device, {{1}}, {.scenario = scenario, .seconds = 0.1});
    ASSERT_TRUE(measured);
    EXPECT_EQ(measured.value().images, size * measured.value().queries);
    EXPECT_GE(measured.value().seconds, 0.1);
    EXPECT_LT(measured.value().processor_seconds, 10 * measured.value().host_seconds);
    for (const nanoseconds latency : measured.value().latencies) EXPECT_GE(latency, std::chrono::milliseconds(2));
  }
}

TEST(WallClock, AFailureOnEitherSideEndsBothThreads) {
  SleepingDevice device(std::chrono::milliseconds(1), 20);
  const auto measured =
      bench::run_scenario(device, {{1}}, {.scenario = Scenario::server, .seconds = 60, .target_qps = 500});
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().text(), "submit: the device is gone");
}

}  // namespace
}  // namespace sluice::test
