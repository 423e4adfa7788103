// SPDX-License-Identifier: Apache-2.0
// Depths of streams by simulation, such that every row keeps its rate.
//
// Why: the depths of compiler/pipeline/fifo_depth.hpp guarantee that nothing hangs, whatever the pictures. What the
// rate needs pictures tell; each row has other lists. The idea: runtime/simulate/fifo_sizing finds the least depths for
// one row after another, sparsest first (its lists differ most), and no row lowers what another one needs: a deeper
// stream never makes a pipeline slower.
//
// Before: a valid design, rows with thresholds, at least one picture. After: depth and reason of every stream are set;
// or an error, and the design is as it was.
#pragma once

#include <limits>

#include "compiler/measure/rows.hpp"

namespace sluice {

struct StreamSizing {
  std::vector<double> interval_cycles;  // simulated on `pictures` with the final depths, of each row
  std::size_t pictures = 0;
  double tolerance = 0;         // the largest that a row needed to fit the blocks
  std::int64_t ram_blocks = 0;  // of all streams
};

// `tolerance`: share that an interval may be above the one with streams so deep that nobody waits for room.
// `most_ram_blocks`: that streams may take; where they need more, the tolerance grows.
Result<StreamSizing> size_streams(Design& design, const DesignTable& rows, const std::vector<RowSample>& pictures,
                                  double tolerance,
                                  std::int64_t most_ram_blocks = std::numeric_limits<std::int64_t>::max());

// Cycles an image without thresholds, simulated with streams so deep that nobody waits for room: what sized streams can
// reach. Before: a valid design, at least one picture.
Result<double> deep_interval_cycles(const Design& design, const std::vector<RowSample>& pictures);

// Of all streams of a netlist, counted as size_streams does.
std::int64_t stream_ram_blocks(const Netlist& netlist);

}  // namespace sluice
