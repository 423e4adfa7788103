// SPDX-License-Identifier: Apache-2.0
// What the null device promises beyond the conformance suite: its hash, its timing, its injected failures.
#include "runtime/drivers/null/null_device.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using namespace std::chrono_literals;

IntegerNetwork one_layer() {
  IntegerNetwork network;
  network.input = {1, 2, 1};
  network.layers.resize(1);
  network.layers[0].output = {1, 1, 3};
  return network;
}

TEST(NullDevice, scores_are_the_stated_hash) {
  std::uint64_t hash = 14695981039346656037u;
  for (const std::uint64_t value : {5u, 7u, 65535u}) hash = (hash ^ value) * 1099511628211u;  // row, codes 7 and -1
  const auto score = [&](std::uint64_t c) {
    return static_cast<int>(((hash ^ c) * 1099511628211u) >> 40 & 0xFFFF) - 32768;
  };
  EXPECT_THAT(null_scores({7, -1}, 5, 3), testing::ElementsAre(score(0), score(1), score(2)));
  EXPECT_NE(null_scores({7, -1}, 5, 3), null_scores({7, -1}, 4, 3));
  EXPECT_NE(null_scores({7, -1}, 5, 3), null_scores({-1, 7}, 5, 3));
}

TEST(NullDevice, images_overlap_but_leave_at_the_stated_interval) {
  auto device = open_null_device(one_layer(), {.capacity = 4, .latency = 20ms, .interval = 5ms}).value();
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(device->submit({i, 0, {1, 2}}));
  for (int i = 0; i < 4; ++i) EXPECT_GE(device->collect()->device_time, 20ms);
  const auto taken = std::chrono::steady_clock::now() - start;
  EXPECT_GE(taken, 35ms);  // 20 for the first, three intervals
}

}  // namespace
}  // namespace sluice
