// SPDX-License-Identifier: Apache-2.0
// Schedules: the model of every kind of kernel, as the program of one image.
//
// Why: the simulator's truth is the head of each kernel file ("one iteration reads ..., cycles = ..."); here it is written
// down, one function a file, in a table. A new kernel is one function and one line in the table of schedule.cpp; an
// operator without one is refused with a sentence.
//
// Families: schedule_flow.cpp (source, sink, forks, joins, collector: beats that pass), schedule_windows.cpp (line buffers,
// compactor), schedule_engines.cpp (what multiplies or pools).
//
// A header is an iteration like any other; where the file has an outer and an inner loop it takes one of each.
//
// Before: a valid netlist; work of pictures of the same design. After: programs that read and write on every stream exactly
// its header and beats.
#pragma once

#include <memory>

#include "runtime/bundle/netlist.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/simulate/program.hpp"

namespace sluice::simulate {

// A kernel as its schedule sees it, with the work of its layer; that is empty for layers without counters.
struct KernelView {
  const Netlist& netlist;
  const Kernel& kernel;
  const LayerVectors& work;

  std::int64_t number(const char* name) const { return kernel.numbers.at(name); }
  // The live counts of the pixels that this kernel works on: of every copy's own, in turn.
  std::vector<std::uint16_t> own_live() const;
  const Stream& in(std::size_t port = 0) const { return netlist.streams[std::size_t(kernel.inputs[port])]; }
  const Stream& out(std::size_t port = 0) const { return netlist.streams[std::size_t(kernel.outputs[port])]; }
};

using Schedule = Program (*)(const KernelView&);

// One program per kernel, in the netlist's order.
using ImagePrograms = std::vector<std::shared_ptr<const Program>>;

class Scheduler {
 public:
  // Fails with Fault::user for a kernel without a schedule. The netlist outlives this.
  static Result<Scheduler> make(const Netlist& netlist);

  // What every kernel does for a picture with this work.
  ImagePrograms programs(const std::vector<LayerVectors>& work) const;
  // The same of one kernel; `work` is its layer's.
  std::shared_ptr<const Program> program(std::size_t kernel, const LayerVectors& work) const;
  bool is_by_picture(std::size_t kernel) const { return by_picture_[kernel] != nullptr; }

 private:
  explicit Scheduler(const Netlist& netlist) : netlist_(&netlist) {}

  const Netlist* netlist_;
  std::vector<Schedule> by_picture_;  // null where the program is the same for all pictures
  ImagePrograms fixed_;
};

// The periods of a weight-sparse layer (head of tile.cl), which its two kernels keep together.
struct TilePeriods {
  struct Tile {
    std::int64_t sent = 0;            // beats of the map that it becomes
    std::int64_t loaded = 0;          // beats of its windows
    std::int64_t filling = 0;         // empty beats behind them
  };
  std::vector<Tile> tiles;
  std::int64_t multiplied = 0;      // cycles of a tile's products
  std::int64_t last_multiplied = 0, last_sent = 0;  // the two periods behind the map's end
};
TilePeriods tile_periods(const KernelView& view);

// The families.
Program source_program(const KernelView& view);
Program sink_program(const KernelView& view);
Program fork_program(const KernelView& view);
Program width_program(const KernelView& view);
Program collector_program(const KernelView& view);
Program deal_program(const KernelView& view);
Program gather_program(const KernelView& view);
Program add_program(const KernelView& view);
Program concat_program(const KernelView& view);
Program scale_program(const KernelView& view);

Program window_program(const KernelView& view);
Program taps_program(const KernelView& view);
Program replay_program(const KernelView& view);
Program compactor_program(const KernelView& view);
Program tile_program(const KernelView& view);

Program reduction_program(const KernelView& view);  // STEPS beats in, one out: dense engines and pools
Program global_average_pool_program(const KernelView& view);
Program conv_activation_sparse_program(const KernelView& view);
Program conv_grouped_prefix_program(const KernelView& view);
Program conv_pair_sparse_program(const KernelView& view);
Program conv_weight_sparse_program(const KernelView& view);

}  // namespace sluice::simulate
