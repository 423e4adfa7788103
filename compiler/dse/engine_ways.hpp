// SPDX-License-Identifier: Apache-2.0
// EngineWays: what the exploration must know of an engine, one record an engine.
//
// Why: which ways an engine can be built, what its numbers are called, how a way becomes a LayerConfig and a built
// kernel a shape: a new engine is one record, and a question that it leaves out does not compile.
//
// Before: stated at each member. After: nothing is changed but what is returned or appended to.
#pragma once

#include <array>
#include <string>

#include "compiler/dse/layer_menu.hpp"
#include "compiler/dse/way_costs.hpp"
#include "compiler/pipeline/layer_config.hpp"
#include "runtime/base/stated.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

// The ways of one layer while they are listed.
class WayList {
 public:
  WayList(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options)
      : spec_(spec), options_(options), costs_(spec, model, options) {}

  const LayerSpec& spec() const { return spec_; }
  const LayerWork& work() const { return spec_.work; }
  const MenuOptions& options() const { return options_; }
  const WayCosts& costs() const { return costs_; }

  // The way with a requantiser for each filter of each copy, and those with fewer for all copies. For the rest see
  // WayCosts::way().
  void add(const EngineShape& shape, const WindowSource& window, const Resources& front = {});
  void add_plain(LayerWay way) { ways_.push_back(std::move(way)); }
  std::vector<LayerWay> take() { return std::move(ways_); }

 private:
  std::vector<int> shared_lanes(EngineShape shape) const;

  const LayerSpec& spec_;
  const MenuOptions& options_;
  const WayCosts costs_;
  std::vector<LayerWay> ways_;
};

struct EngineWays {
  // Every way worth a choice.
  Stated<void (*)(WayList&)> append;
  // The numbers of a way, beyond O, L and E.
  Stated<void (*)(const EngineShape&, const LayerWork&, LayerConfig&)> configure;
  // The engine's own numbers of a built kernel; lanes are set.
  Stated<void (*)(const Kernel&, EngineShape&)> read_kernel;
  // Why a layer has no way of this engine, though it may have; a sentence.
  Stated<std::string (*)(const LayerWork&)> why_none;
  // Numbers on which the effect of zeros depends, {G and P, N, M, O}: ways with equal ones can be compared without
  // pictures.
  Stated<std::array<int, 4> (*)(const EngineShape&)> zero_numbers;
  // M as people know it; 0: none.
  Stated<int (*)(const EngineShape&)> vector_lanes;
};

// Before: is_engine(kind).
const EngineWays& engine_ways(KernelKind kind);

// Divisors from the largest down, each at most two thirds of the one before; ascending.
std::vector<int> divisors(int number, int most);

}  // namespace sluice
