// SPDX-License-Identifier: Apache-2.0
// Stories of pipelines that stand still, from snapshots made by hand: source, two kernels, sink. (A cycle over a fork
// is told by tests/kernels/stall_test.cpp, from a real run.)
#include "runtime/bundle/stall_story.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using Wait = StallSnapshot::Wait;

Netlist chain() {
  Netlist netlist;
  for (const char* name : {"s_a", "s_b", "s_c"}) {
    Stream stream;
    stream.name = name;
    stream.depth = 4;
    netlist.streams.push_back(stream);
  }
  netlist.kernels = {{"source", KernelKind::source, 1, -1, {}, {0}, {}},
                     {"first", KernelKind::width, 2, 0, {0}, {1}, {}},
                     {"second", KernelKind::width, 3, 0, {1}, {2}, {}},
                     {"sink", KernelKind::sink, 4, -1, {2}, {}, {}}};
  return netlist;
}

TEST(StallStory, tells_that_the_source_has_sent_everything) {
  const StallSnapshot snapshot{{{Wait::host, -1}, {Wait::beat, 0}, {Wait::beat, 1}, {Wait::beat, 2}},
                               {{9, 9}, {9, 9}, {8, 8}}};
  EXPECT_TRUE(is_deadlocked(chain(), snapshot));
  EXPECT_EQ(stall_story(chain(), snapshot),
            "all that was given to the source has been sent:\n"
            "  source waits for the host\n"
            "downstream of them:\n"
            "  first waits to read s_a: empty (depth 4, 9 beats written, 9 read), waits for source\n"
            "  second waits to read s_b: empty (depth 4, 9 beats written, 9 read), waits for first\n"
            "  sink waits to read s_c: empty (depth 4, 8 beats written, 8 read), waits for second\n");
}

TEST(StallStory, names_a_kernel_that_computes_without_end) {
  const StallSnapshot snapshot{{{Wait::room, 0}, {Wait::room, 1}, {Wait::nothing, -1}, {Wait::beat, 2}},
                               {{12, 8}, {8, 4}, {0, 0}}};
  EXPECT_FALSE(is_deadlocked(chain(), snapshot));
  EXPECT_EQ(stall_story(chain(), snapshot),
            "a kernel computes and touches no stream:\n"
            "  second waits for nothing\n"
            "downstream of them:\n"
            "  source waits to write s_a: full (depth 4, 12 beats written, 8 read), waits for first\n"
            "  first waits to write s_b: full (depth 4, 8 beats written, 4 read), waits for second\n"
            "  sink waits to read s_c: empty (depth 4, 0 beats written, 0 read), waits for second\n");
}

TEST(StallStory, is_no_deadlock_while_one_waits_for_what_is_there) {
  // Woken, but not yet running: the machine is busy.
  const StallSnapshot has_beat{{{Wait::host, -1}, {Wait::beat, 0}, {Wait::beat, 1}, {Wait::beat, 2}},
                               {{9, 9}, {9, 8}, {8, 8}}};
  EXPECT_FALSE(is_deadlocked(chain(), has_beat));
  const StallSnapshot has_room{{{Wait::room, 0}, {Wait::room, 1}, {Wait::beat, 1}, {Wait::beat, 2}},
                               {{12, 8}, {8, 5}, {5, 5}}};
  EXPECT_FALSE(is_deadlocked(chain(), has_room));
}

TEST(StallStory, tells_of_kernels_that_disagree) {
  // Both wait for the other's beats, as if s_b led back.
  Netlist netlist = chain();
  netlist.kernels[1].inputs = {1};
  netlist.kernels[1].outputs = {0};
  netlist.kernels[2].inputs = {0};
  netlist.kernels[2].outputs = {1};
  netlist.kernels[0].outputs = {};
  netlist.kernels[3].inputs = {};
  const StallSnapshot snapshot{{{Wait::host, -1}, {Wait::beat, 1}, {Wait::beat, 0}, {Wait::host, -1}},
                               {{3, 3}, {2, 2}, {0, 0}}};
  EXPECT_EQ(stall_story(netlist, snapshot),
            "all that was given to the source has been sent:\n"
            "  source waits for the host\n"
            "a cycle of 2 kernels:\n"
            "  first waits to read s_b: empty (depth 4, 2 beats written, 2 read), waits for second\n"
            "  second waits to read s_a: empty (depth 4, 3 beats written, 3 read), waits for first\n"
            "  no stream of the cycle is full: its kernels disagree on how many beats an image has\n"
            "one end waits for the host:\n"
            "  sink waits for the host\n"
            "downstream of them:\n");
}

}  // namespace
}  // namespace sluice
