// SPDX-License-Identifier: Apache-2.0
// Schedules: the model of every kind of kernel, as the program of one image.
//
// Why: the simulator's truth is the head of each kernel file ("one iteration reads ..., cycles = ..."); here it is
// written down, one function a kernel of device/contract/kernel_list.inc; one without does not link.
//
// Families: schedule_flow.cpp (source, sink, forks, joins, collector: beats that pass), schedule_windows.cpp (line
// buffers, tiles), schedule_engines.cpp (what multiplies or pools).
//
// A header is an iteration like any other; where the file has an outer and an inner loop it takes one of each.
//
// Before: a valid netlist; work of pictures of the same design. After: programs that read and write on every stream
// exactly its header and beats.
#pragma once

#include <memory>

#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/simulate/program.hpp"

namespace sluice::simulate {

// A kernel as its schedule sees it, with the work of its layer; that is empty for layers without counters.
struct KernelView {
  const NetlistIndex& index;
  const Kernel& kernel;
  const LayerVectors& work;

  std::int64_t number(Number name) const { return kernel.numbers.at(name); }
  // The live counts of the pixels that this kernel works on: of every copy's own, in turn.
  std::vector<std::uint16_t> own_live() const;
  const Stream& in(std::size_t port = 0) const { return index.stream(kernel.inputs[port]); }
  const Stream& out(std::size_t port = 0) const { return index.stream(kernel.outputs[port]); }
};

using Schedule = Program (*)(const KernelView&);

// One program per kernel, in the netlist's order.
using ImagePrograms = std::vector<std::shared_ptr<const Program>>;

class Scheduler {
 public:
  // The netlist outlives this.
  explicit Scheduler(const Netlist& netlist);

  // What every kernel does for a picture with this work.
  ImagePrograms programs(const std::vector<LayerVectors>& work) const;
  // The same of one kernel; `work` is its layer's.
  std::shared_ptr<const Program> program(std::size_t kernel, const LayerVectors& work) const;
  bool is_by_picture(std::size_t kernel) const { return by_picture_[kernel] != nullptr; }

 private:
  NetlistIndex index_;
  std::vector<Schedule> by_picture_;  // null where the program is the same for all pictures
  ImagePrograms fixed_;
};

// The periods of a weight-sparse layer (head of tile.cl), which its two kernels keep together.
struct TilePeriods {
  struct Tile {
    std::int64_t sent = 0;     // beats of the map that it becomes
    std::int64_t loaded = 0;   // beats of its windows
    std::int64_t filling = 0;  // empty beats after them
  };
  std::vector<Tile> tiles;
  std::int64_t multiplied = 0;                      // cycles of a tile's products
  std::int64_t last_multiplied = 0, last_sent = 0;  // the two periods after the map's end
};
TilePeriods tile_periods(const KernelView& view);

// Of each kernel of the list: <op>_program.
#define SLUICE_KERNEL(op, name) Program op##_program(const KernelView& view);
#include "device/contract/kernel_list.inc"

}  // namespace sluice::simulate
