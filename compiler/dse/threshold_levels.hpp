// SPDX-License-Identifier: Apache-2.0
// ThresholdLevel: one choice of what a layer leaves out, as the exploration sees it.
//
// Why: thresholds decide which hardware is best, and the hardware decides which thresholds pay (hass.md section 11.1:
// zeros are worth most where they let the exploration drop a multiplier). So both are chosen at once: a way of a layer
// is an engine *and* a level, and what the level loses is one more resource that the layers share (Resources::loss). A
// budget of no loss gives the design for the zeros that the pictures have by themselves.
//
// Before: losses of one unit, which add up over layers. After: levels[0] leaves nothing out and loses nothing.
#pragma once

#include <compare>
#include <vector>

#include "compiler/model/layer_work.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

// How far a layer's thresholds may go, in steps of rising loss; 0: not at all.
struct Allowance {
  int weights = 0;  // thresholds and shortened prefixes alike
  int activations = 0;

  auto operator<=>(const Allowance&) const = default;
};

struct ThresholdLevel {
  LayerDensity density;  // of the layer at this level; everything that the engines below ask of it
  double loss = 0;
  Thresholds thresholds;  // what does it; a prefix without its multipliers, which the engine decides
  Allowance step;         // what it needs
  // Which engines can leave this out.
  bool has_weight_threshold = false, has_activation_threshold = false;
  int group = 0;  // grouped_prefix with G = group alone; 0: no prefix is shortened

  // Can a layer of this engine do exactly this? Level 0 can be done by all.
  bool is_for(KernelKind engine, int engine_group) const;
  bool is_within(const Allowance& allowance) const {
    return step.weights <= allowance.weights && step.activations <= allowance.activations;
  }
};

using LayerLevels = std::vector<ThresholdLevel>;

// Nothing can be left out.
std::vector<LayerLevels> without_thresholds(const std::vector<LayerDensity>& densities);

}  // namespace sluice
