// SPDX-License-Identifier: Apache-2.0
// Every task runs once, also those that wait when the workers end.
#include "runtime/base/workers.hpp"

#include <atomic>

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Workers, finish_all_tasks_before_they_go) {
  std::atomic<int> done = 0;
  {
    Workers workers(3);
    for (int i = 0; i < 1000; ++i) workers.add([&] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

TEST(Workers, one_thread_keeps_the_order) {
  std::vector<int> order;
  {
    Workers workers(1);
    for (int i = 0; i < 100; ++i) workers.add([&order, i] { order.push_back(i); });
  }
  for (int i = 0; i < 100; ++i) ASSERT_EQ(order[std::size_t(i)], i);
}

}  // namespace
}  // namespace sluice
