// SPDX-License-Identifier: Apache-2.0
// Each picture and row is computed once while it is remembered, and memory is bounded.
#include "runtime/drivers/sim/result_cache.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Counting {
  ResultCache cache;
  int started = 0;

  // Score 0 of the result is code 0 times ten plus the row.
  int ask(std::int16_t code, std::uint32_t row) {
    const auto future = cache.find({code, 1, 2}, row, [&](const ResultCache::Promise& promise) {
      ++started;
      promise->set_value(std::make_shared<const SimResult>(SimResult{{code * 10 + static_cast<int>(row)}, {}, {}}));
    });
    return future.get()->scores[0];
  }
};

TEST(ResultCache, computes_each_picture_and_row_once) {
  Counting c{ResultCache(8)};
  EXPECT_EQ(c.ask(1, 0), 10);
  EXPECT_EQ(c.ask(1, 0), 10);
  EXPECT_EQ(c.started, 1);
  EXPECT_EQ(c.ask(1, 1), 11);
  EXPECT_EQ(c.ask(2, 0), 20);
  EXPECT_EQ(c.started, 3);
}

TEST(ResultCache, forgets_what_was_unused_for_longest) {
  Counting c{ResultCache(2)};
  c.ask(1, 0), c.ask(2, 0), c.ask(1, 0), c.ask(3, 0);
  EXPECT_EQ(c.started, 3);
  c.ask(1, 0);
  EXPECT_EQ(c.started, 3) << "1 was used later than 2";
  c.ask(2, 0);
  EXPECT_EQ(c.started, 4);
}

TEST(ResultCache, who_asks_meanwhile_waits_for_the_first) {
  ResultCache cache(1);
  ResultCache::Promise kept;
  auto first = cache.find({1}, 0, [&](ResultCache::Promise promise) { kept = std::move(promise); });
  auto second = cache.find({1}, 0, [&](const ResultCache::Promise&) { FAIL() << "started twice"; });
  cache.find({2}, 0, [](const ResultCache::Promise& p) { p->set_value(nullptr); });  // pushes it out
  kept->set_value(std::make_shared<const SimResult>(SimResult{{42}, {}, {}}));
  EXPECT_EQ(first.get()->scores[0], 42);
  EXPECT_EQ(second.get()->scores[0], 42);
}

}  // namespace
}  // namespace sluice
