// SPDX-License-Identifier: Apache-2.0
// What the null device promises beyond the conformance suite: its hash, its timing, its injected failures.
#include "runtime/drivers/null/null_device.hpp"

#include <bit>

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
  const auto step = [](std::uint64_t hash, std::uint64_t value) { return (hash ^ value) * 1099511628211u; };
  // Codes 1 to 34: a step for each lane, and one that is filled up for the first.
  std::vector<std::int16_t> codes;
  for (std::int16_t code = 1; code <= 34; ++code) codes.push_back(code);
  codes[1] = -1;
  const std::uint64_t start = step(14695981039346656037u, 5);
  std::uint64_t hash = start;
  for (std::uint64_t l = 0; l < 4; ++l) {
    const auto word = [](std::uint64_t first, std::uint64_t second) {
      return first | second << 16 | (first + 2) << 32 | (first + 3) << 48;
    };
    const std::uint64_t first = 8 * l + 1;
    std::uint64_t lane =
        step(step(start, l), word(first, l == 0 ? 65535 : first + 1) ^ std::rotl(word(first + 4, first + 5), 17));
    if (l == 0) lane = step(lane, 33 | 34 << 16);
    hash = step(hash, lane ^ lane >> 32);
  }
  const auto score = [&](std::uint64_t c) { return static_cast<int>(step(hash, c) >> 40 & 0xFFFF) - 32768; };
  EXPECT_THAT(null_scores(codes, 5, 3), testing::ElementsAre(score(0), score(1), score(2)));
  EXPECT_NE(null_scores({7, -1}, 5, 3), null_scores({7, -1}, 4, 3));
  EXPECT_NE(null_scores({7, -1}, 5, 3), null_scores({-1, 7}, 5, 3));
}

TEST(NullDevice, each_code_changes_the_scores) {
  const std::vector<std::int16_t> zeros(37);
  for (std::size_t i = 0; i < zeros.size(); ++i) {
    for (const int code : {1, -1, 127, 256}) {
      std::vector<std::int16_t> codes = zeros;
      codes[i] = static_cast<std::int16_t>(code);
      EXPECT_NE(null_scores(codes, 0, 3), null_scores(zeros, 0, 3)) << i << " " << code;
    }
  }
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
