// SPDX-License-Identifier: Apache-2.0
// Bytes of an image by hand, and what a board's memory feeds.
#include "compiler/model/memory_traffic.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// A 4x4 picture of 3 channels in beats of 3, ten scores in beats of 5, two engines that count.
Netlist netlist_of(int bits) {
  Netlist netlist;
  netlist.streams = {
      {"in", bits, 3, 16, 1, ""}, {"out", 16, 5, 2, 1, ""}, {"one", 32, 4, 1, 1, ""}, {"two", 32, 4, 1, 1, ""}};
  netlist.kernels = {{"source", KernelKind::source, 0, -1, {}, {0}, {}},
                     {"sink", KernelKind::sink, 0, -1, {1}, {}, {}},
                     {"collector", KernelKind::collector, 0, -1, {2, 3}, {}, {}}};
  return netlist;
}

TEST(MemoryTraffic, is_pictures_scores_and_records_both_ways) {
  // 16 beats of 3 codes in 4 (or 8) bytes; a header and 10 scores of 4 bytes; two records of a header and 4 counters.
  EXPECT_EQ(memory_bytes_per_image(netlist_of(8)), 2 * (64 + 44 + 40));
  EXPECT_EQ(memory_bytes_per_image(netlist_of(16)), 2 * (128 + 44 + 40));
}

TEST(MemoryTraffic, of_a_network_is_that_without_records) {
  IntegerNetwork network;
  network.input = {4, 4, 3};
  network.layers.emplace_back();
  network.layers.back().output = {1, 1, 10};
  EXPECT_EQ(memory_bytes_per_image(network), 2 * (48 + 44));
}

TEST(MemoryTraffic, a_board_feeds_seven_tenths_of_its_rate) {
  bsp::Board board;
  board.memory_gb_per_s = 20;
  EXPECT_DOUBLE_EQ(memory_bytes_per_cycle(board, 200), 70);  // 14e9 bytes in 200e6 cycles
}

}  // namespace
}  // namespace sluice
