// SPDX-License-Identifier: Apache-2.0
// What a kernel does for one image: which ports each iteration reads and writes, and how many cycles it takes.
//
// Why: a kernel's time does not depend on the codes that pass, only on how many beats it takes and gives and in which
// order; that order is stated at the head of its file. The idea: a list of *runs* of like iterations. An iteration
// reads one beat from each port it reads, in port order, and from its last cycle on writes one to each port it writes;
// each read and write may wait. The next iteration starts a cycle later (II = 1).
//
// Before: made by a schedule (schedule.hpp). After: constant, shared by all images that do the same.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice::simulate {

inline constexpr int kNoPort = -1;

// `repeat` times: `reads` iterations that only read, `both` that read and write, `writes` that only write.
struct Run {
  std::int64_t repeat = 1;
  std::int64_t reads = 0, both = 0, writes = 0;
  int in = 0, in_too = kNoPort;  // ports that reading iterations read
  int out = 0, out_more = 0;     // writing iterations write port `out`, and so many after it
  bool has_costs = false;        // reading iterations take Program::costs cycles, one after another, instead of 1

  bool has_shape_of(const Run& o) const {
    return reads == o.reads && both == o.both && writes == o.writes && in == o.in && in_too == o.in_too &&
           out == o.out && out_more == o.out_more && has_costs == o.has_costs;
  }
};

struct Program {
  std::vector<Run> runs;
  std::vector<std::uint16_t> costs;
  // Of an engine: its cycles that busy_cycles of contract/wire.h does not count: the header, tiles that only load or
  // leave.
  std::int64_t uncounted = 0;

  // Appends, into the run before where it has the same shape; a run of nothing is left out.
  void add(const Run& run);
};

}  // namespace sluice::simulate
