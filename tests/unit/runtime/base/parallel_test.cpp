// SPDX-License-Identifier: Apache-2.0
// parallel_try runs every item, and of several failures tells the one with the lowest index, every time. Both loops end
// when the process is asked to.
#include "runtime/base/parallel.hpp"
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"

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

TEST(ParallelEach, runs_every_item_once) {
  std::vector<std::atomic<int>> runs(kItems);
  parallel_each(kItems, [&](std::size_t i) { ++runs[i]; });
  for (std::size_t i = 0; i < kItems; ++i) EXPECT_EQ(runs[i], 1) << "item " << i;
}

// In a process of its own, for which the signal is.
[[noreturn]] void loop_that_is_asked_to_end() {
  watch_interrupts();
  std::atomic<int> runs = 0;
  std::string what;
  try {
    parallel_each(kItems, [&](std::size_t) {
      if (++runs == 10) std::raise(SIGTERM);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  } catch (...) {
    what = caught_error("the loop").text();
  }
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(runs < int(kItems) ? 0 : 1);
}

[[noreturn]] void items_that_may_fail_and_are_asked_to_end() {
  watch_interrupts();
  std::atomic<int> runs = 0;
  const Status status = parallel_try(kItems, [&](std::size_t) -> Status {
    if (++runs == 10) std::raise(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return ok();
  });
  std::fprintf(stderr, "%s\n", status ? "it came to its end" : status.error().text().c_str());
  std::exit(runs < int(kItems) ? 0 : 1);
}

TEST(UnlessInterrupted, calls_and_throws_what_was_thrown) {
  int calls = 0;
  EXPECT_TRUE(unless_interrupted([&] { ++calls; }));
  EXPECT_EQ(calls, 1);
  EXPECT_THROW((void)unless_interrupted([] { throw std::runtime_error("no"); }), std::runtime_error);
}

[[noreturn]] void endless_call_that_is_asked_to_end() {
  watch_interrupts();
  const Status status = unless_interrupted([] {
    std::raise(SIGHUP);
    while (true) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  std::fprintf(stderr, "%s\n", status ? "it came back" : status.error().text().c_str());
  _exit(0);
}

TEST(UnlessInterruptedDeathTest, leaves_a_call_that_does_not_look) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(endless_call_that_is_asked_to_end(), testing::ExitedWithCode(0), "ended by SIGHUP");
}

TEST(ParallelEachDeathTest, ends_when_the_process_is_asked_to) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(loop_that_is_asked_to_end(), testing::ExitedWithCode(0), "ended by SIGTERM");
}

TEST(ParallelTryDeathTest, ends_when_the_process_is_asked_to) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(items_that_may_fail_and_are_asked_to_end(), testing::ExitedWithCode(0), "ended by SIGINT");
}

}  // namespace
}  // namespace sluice
