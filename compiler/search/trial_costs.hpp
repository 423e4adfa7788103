// SPDX-License-Identifier: Apache-2.0
// TrialCost: what a trial's thresholds are worth, before anything is measured: to hardware, or to software alone.
//
// Why: the searches of hass.md section 11.1, with and without hardware, differ in this and in nothing else, so that the
// second is a fair baseline of the first.
//
// Before: what the functions are made of outlives them. After: a function of the allowances alone.
#pragma once

#include <functional>

#include "compiler/dse/trial_explorer.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice::search {

// The paper's factors were not found; these make a fifth of sparsity or of the DSP blocks worth a rate of 1.15.
inline constexpr double kSparsityFactor = 1, kThroughputFactor = 1, kDspFactor = 1;

struct CostedThresholds {
  std::vector<Thresholds> thresholds;  // of every layer, as far as they serve
  double cost = 0;                     // to be small
  double interval = 0;                 // cycles of the hardware that was explored; 0: none was
  double loss = 0;                     // sum of what the layers lose alone, nats
  bool fits = true;
};

using TrialCost = std::function<CostedThresholds(const std::vector<Allowance>&)>;

// Cycles from image to image of the fastest design, which obeys these thresholds.
TrialCost hardware_cost(TrialExplorer& explorer, const std::vector<LayerMenu>& menus,
                        const std::vector<LayerLevels>& levels);
// The scalar objective of hass.md section 11.2 without its accuracy: minus (kSparsityFactor f_spa + kThroughputFactor
// f_thr - kDspFactor f_dsp), where f_spa is the average sparsity, f_thr log2 of the rate over that without thresholds,
// and f_dsp the share of the DSP blocks, or of a budget's multipliers, in use.
TrialCost scalar_cost(TrialExplorer& explorer, const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                      const std::vector<LayerLevels>& levels);
// Share of the products that are left, by multiply-accumulates: the complement of the average sparsity.
TrialCost sparsity_cost(const IntegerNetwork& network, const std::vector<LayerLevels>& levels);

// What the thresholds of a layer leave out at most within an allowance, whatever engine there is.
Thresholds thresholds_within(const LayerLevels& levels, const Allowance& allowance);

}  // namespace sluice::search
