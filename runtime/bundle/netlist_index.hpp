// SPDX-License-Identifier: Apache-2.0
// NetlistIndex: who writes and reads a stream, and which kernels and engine a layer has.
//
// Why: checks, packing, simulator, counters and code generation ask this for every kernel and stream; each scan of the
// netlist is linear, so asking by scanning is quadratic. The idea: one pass over the netlist, kept beside it.
//
// Before: the netlist outlives the index and does not change; streams that kernels name exist. After: what a stream or
// a layer does not have is -1, null or empty.
#pragma once

#include <string>
#include <vector>

#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/prefix.hpp"

namespace sluice {

// How the beats of a stream of windows are made (device/kernels/window/window.cl): channels and taps of a beat.
struct WindowBeat {
  int lanes = 1;  // channels
  int taps_h = 1;
  int taps_w = 1;

  int taps() const { return taps_h * taps_w; }
};

class NetlistIndex {
 public:
  explicit NetlistIndex(const Netlist& netlist);

  const Netlist& netlist() const { return *netlist_; }
  const Stream& stream(int index) const { return netlist_->streams[std::size_t(index)]; }

  // Index of the kernel that writes or reads a stream; -1: none.
  int writer(int stream) const { return writers_[std::size_t(stream)]; }
  int reader(int stream) const { return readers_[std::size_t(stream)]; }
  // The kernel itself. Before: there is one.
  const Kernel& writing(int stream) const { return netlist_->kernels[std::size_t(writer(stream))]; }
  const Kernel& reading(int stream) const { return netlist_->kernels[std::size_t(reader(stream))]; }

  // Indices of a layer's kernels, in the netlist's order.
  const std::vector<int>& kernels(int layer) const;
  // The engine of a layer, or the first of its copies, which have equal numbers; null for layers without weights.
  const Kernel* engine(int layer) const;
  // The same, where it skips zeros and reports counters.
  const Kernel* sparse_engine(int layer) const;
  // Copies of the engine that computes a layer; 1 without an engine.
  int copies(int layer) const;
  // The engine's name as users know it; empty for layers without weights.
  std::string engine_name(int layer) const;
  // Filters and multipliers of a grouped-prefix engine, k being 0; all 0 when the layer has another one or none.
  Prefix prefix(int layer) const;

  // Of the windows that reach an engine on `stream`, through replay kernels; where there is no
  // window kernel a beat has one tap.
  WindowBeat window_beat(int stream) const;
  // Follows the kernel's input upstream to the line buffer of its layer, if there is one.
  Share share(const Kernel& kernel) const;

 private:
  const Netlist* netlist_;
  std::vector<int> writers_, readers_;     // by stream
  std::vector<std::vector<int>> kernels_;  // by layer
};

}  // namespace sluice
