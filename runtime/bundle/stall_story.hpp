// SPDX-License-Identifier: Apache-2.0
// The story of a pipeline that stands still: which stream is full or empty, and who waits for whom.
//
// Why: a deadlock on a board is silence. On threads, and in the simulator, every wait can be seen, so the error should
// name the stream that is too shallow. The idea: a kernel waits for at most one stream and so for at most one other
// kernel. That is a graph with at most one edge out of each kernel. Following the edges ends in a cycle (streams too
// shallow, or kernels that disagree on how many beats an image has), at the source that has sent all it was given
// (somebody took more than was sent), or at a kernel that waits for nothing (it computes without end).
//
// Before: a snapshot taken while nothing moved. After: a text for people, the same for the same snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bundle/netlist.hpp"

namespace sluice {

struct StallSnapshot {
  enum class Wait { nothing, beat, room, host };
  struct KernelState {
    Wait wait = Wait::nothing;
    int stream = -1;  // for beat and room
  };
  struct StreamState {
    std::uint64_t written = 0, taken = 0;  // beats since the beginning
  };
  std::vector<KernelState> kernels;
  std::vector<StreamState> streams;
};

// Whether no kernel can ever go on: each waits for a beat or room that is really not there, or for the host.
bool is_deadlocked(const Netlist& netlist, const StallSnapshot& snapshot);

std::string stall_story(const Netlist& netlist, const StallSnapshot& snapshot);

}  // namespace sluice
