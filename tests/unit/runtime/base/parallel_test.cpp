// SPDX-License-Identifier: Apache-2.0
// parallel_try runs every item, and of several failures tells the one with the lowest index, every time.
#include "runtime/base/parallel.hpp"
#include "runtime/base/errors.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr std::size_t kItems = 1000;

TEST(ParallelTry, runs_every_item_once) {
  std::vector<std::atomic<int>> runs(kItems);
  EXPECT_TRUE(parallel_try(kItems, [&](std::size_t i) { return ++runs[i], ok(); }));
  for (std::size_t i = 0; i < kItems; ++i) EXPECT_EQ(runs[i], 1) << "item " << i;
}

TEST(ParallelTry, tells_the_failure_with_the_lowest_index) {
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::vector<std::atomic<int>> runs(kItems);
    std::atomic<bool> has_begun_high = false;
    const auto wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(10)); };
    const Status status = parallel_try(kItems, [&](std::size_t i) -> Status {
      ++runs[i];
      // A high item begins before the lowest failure and fails after it, where there is a second thread.
      for (int turn = 0; i == 0 && turn < 20 && !has_begun_high; ++turn) wait();
      if (i < 300 || i % 3 != 1) return ok();
      if (i > 400) has_begun_high = true, wait();
      return user_error("item {}", i);
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().text(), "item 301");
    for (std::size_t i = 0; i <= 301; ++i) ASSERT_EQ(runs[i], 1) << "item " << i;
  }
}

TEST(ParallelTry, nothing_to_do_is_no_failure) {
  EXPECT_TRUE(parallel_try(0, [](std::size_t) -> Status { return bug_error("called"); }));
}

}  // namespace
}  // namespace sluice
