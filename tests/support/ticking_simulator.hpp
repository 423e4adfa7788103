// SPDX-License-Identifier: Apache-2.0
// A simulator that ticks: all kernels advance one cycle at a time, beats lie in queues.
//
// Why: runtime/simulate computes times by recurrences; this one is so plain that it can be compared with the kernel
// files line by line. What each kernel does is written here a second time, from the loops of its .cl, and the non-zeros
// are counted from the reference's maps, code by code. Slow, for small networks.
//
// Rules of a cycle: a kernel goes through reads and writes in the order of its text until one is not possible, or until
// the iteration's cycle is over. A beat written in cycle w can be read from w + 1 + latency on; a slot read in cycle r
// can be written from r + 1 on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice::test {

// One thing a kernel does: reads or writes a port, or ends a cycle.
struct Action {
  enum class Kind { read, write, tick } kind;
  int port = 0;
};
using Actions = std::vector<Action>;  // of one kernel for one image

struct TickedImage {
  std::vector<Actions> kernels;
  std::int64_t arrival = 0;
};

// What the kernels do for a picture, by the reference's maps of it.
TickedImage ticked_image(const Design& design, const std::vector<std::int16_t>& codes,
                         const std::vector<Thresholds>& thresholds, std::int64_t arrival = 0);

struct Ticked {
  struct OfKernel {
    std::int64_t busy = 0, waiting_for_beats = 0, waiting_for_room = 0;
    std::string trace;  // a character a cycle: # busy, < waiting for a beat, > waiting for room, . nothing to do
  };
  std::vector<std::int64_t> finished;  // cycle of the last read of each image by the sink
  std::vector<OfKernel> kernels;
  std::vector<std::int64_t> written, high_water;  // of each stream
  bool is_stuck = false;
};

Ticked tick(const Netlist& netlist, const std::vector<TickedImage>& images, std::int64_t latency,
            const std::vector<std::int64_t>& capacities);

}  // namespace sluice::test
