// SPDX-License-Identifier: Apache-2.0
// Depths of streams that keep a design's rate, found by simulation.
//
// Why: the planner's depths guarantee that nothing hangs and add a flat margin; what the *rate* needs depends on how
// non-zeros vary from window to window, which only pictures tell (PASS, Montgomerie-Corcoran et al., FPL 2023). The
// idea: simulate with streams so deep that nobody waits for room; offer images at that rate and note high-water marks,
// which are enough by construction; then lower one group of streams after another to the fewest block RAMs at which the
// rate stays within the tolerance, the dearest first, halving groups that cannot be lowered as a whole. Where that is
// over the budget, the tolerance grows.
//
// Memories come in sizes, so every stream is as deep as its blocks allow (32 words cost none): what is free is room for
// pictures whose non-zeros vary more than these.
//
// Deadlock needs no rule of its own: a depth at which an image does not arrive is not taken, and which beats fit does
// not depend on time.
//
// Before: a valid netlist; programs of typical pictures, at least one. After: a pure function of its arguments.
#pragma once

#include <functional>
#include <limits>

#include "runtime/simulate/pipeline.hpp"

namespace sluice::simulate {

// Block RAMs of 20 kbit that a stream of this depth takes; none for what fits memory LABs (32 words). Shapes: 512 x 40,
// 1024 x 20, 2048 x 10. A beat has room for a 32-bit word, and 2 bits of kind.
std::int64_t m20k_blocks(const Stream& stream, std::int64_t depth);

struct FifoSizingOptions {
  double tolerance = 0.01;  // of the interval with deep streams
  std::int64_t m20k_budget = std::numeric_limits<std::int64_t>::max();
  std::vector<int> least_depths;  // of each stream, where it is more; empty: none is
  std::size_t warm_up_images = 2;
  PipelineOptions pipeline;
  std::function<std::int64_t(const Stream&, std::int64_t)> blocks_of = m20k_blocks;
};

struct FifoSizing {
  std::vector<int> depths;          // of each stream
  double interval_cycles = 0;       // with them
  double deep_interval_cycles = 0;  // with streams of two images, at most 65,536 beats
  std::int64_t m20k = 0;
  double tolerance = 0;  // the one that was needed to fit the budget
};

// Of each stream: two images, at most 65,536 beats. Nobody waits for room.
std::vector<int> deep_depths(const Netlist& netlist);

// Fails with Fault::user when no depths fit the budget.
Result<FifoSizing> size_fifos_by_simulation(const Netlist& netlist, const std::vector<ImagePrograms>& images,
                                            const FifoSizingOptions& options = {});

}  // namespace sluice::simulate
