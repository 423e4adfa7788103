// SPDX-License-Identifier: Apache-2.0
// WayCosts: what the kernels of a way cost, those it needs once and those of each copy.
//
// Why: E copies cost E times engine and compactor or tile, which a search multiplies out itself. Several copies of an
// engine without those also need a replay kernel each, because the window, which stands once before a deal, then comes
// once. Requantisers are the engine's own, one for each of O filters and again in every copy, or L of them, once for
// the layer: then the engines send sums, four times as wide as codes, also through the gather
// (compiler/pipeline/engine_kernels.hpp).
//
// Before: a valid layer; a shape of a kind that it allows. After: costs of what compiler/pipeline builds from it, but
// for what neighbours need between them.
#pragma once

#include "compiler/dse/layer_menu.hpp"

namespace sluice {

class WayCosts {
 public:
  WayCosts(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options)
      : spec_(spec), model_(model), options_(options) {}

  EngineShape plain(KernelKind kind, int filters) const;

  // Would the window kernel only copy? Then it is not built.
  bool is_bare() const { return spec_.work.window == Window{}; }

  // A kernel and the queue after it.
  Resources with_queue(const EngineShape& shape, int lanes, int bits, std::int64_t depth = kQueueDepth) const;
  Resources line_buffer(KernelKind kind, int in_lanes, int out_lanes, int taps = 1) const;
  // A kernel that holds a window: compactor, tile or replay.
  Resources holder(KernelKind kind, int in_lanes, int out_lanes, int out_bits) const;

  // Windows reach the engine in beats of `window_lanes`; `once` is what makes them, `front` stands before each copy.
  // Without a front, copies have replay kernels in the place of a window that comes once for each filter group. `lanes`
  // is L.
  LayerWay way(EngineShape shape, int lanes, const Resources& once, const Resources& front, int window_lanes,
               bool has_front) const;

 private:
  static constexpr int kQueueDepth = 16;

  void deal_and_gather(LayerWay& way, int window_lanes) const;
  Resources requantisers(const EngineShape& engine) const;

  const LayerSpec& spec_;
  const ResourceModel& model_;
  const MenuOptions& options_;
};

}  // namespace sluice
