// SPDX-License-Identifier: Apache-2.0
// WayCosts: what the kernels of a way cost, those it needs once and those of each copy.
//
// Why: E copies cost E times engine and tile, which a search multiplies out itself. Several copies of an engine that
// takes a beat a cycle also need a replay kernel each, because the window then comes once. Requantisers are the
// engine's own, one for each of O filters and again in every copy, or L of them, once for the layer: then the engines
// send sums, four times as wide as codes (compiler/pipeline/engine_kernels.hpp).
//
// Before: a valid layer; a shape of a kind that it allows. After: costs of what compiler/pipeline builds from it, but
// for what neighbours need between them.
#pragma once

#include "compiler/dse/layer_menu.hpp"

namespace sluice {

// The line buffer of a way, and the codes in a beat of its windows. Where it would only copy, one engine has none, and
// several copies have it, since it hands out the pixels.
struct WindowSource {
  Resources cost;
  bool is_needed = true;  // by one engine
  int lanes = 1;
};

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
  // A kernel that holds a window: tile or replay.
  Resources holder(KernelKind kind, int in_lanes, int out_lanes, int out_bits) const;

  // `front` stands before each copy, and in front of all of them what makes windows. Copies of an engine whose windows
  // come again for every filter group have replay kernels in the place of that. `lanes` is L.
  LayerWay way(EngineShape shape, int lanes, const WindowSource& window, const Resources& front) const;

 private:
  static constexpr int kQueueDepth = 16;

  // A kernel that hands out pixels to copies or takes their results; without copies there is one like it, or none.
  void add_served(LayerWay& way, EngineShape kernel, bool is_built_anyway) const;
  void add_copying(LayerWay& way, const WindowSource& window) const;
  // The kernel with the L requantisers that an engine's copies share.
  EngineShape requantise_shape(const EngineShape& engine) const;

  const LayerSpec& spec_;
  const ResourceModel& model_;
  const MenuOptions& options_;
};

}  // namespace sluice
