// SPDX-License-Identifier: Apache-2.0
// build_design: netlist, rows and the depths of streams of a network with the engines that were chosen.
//
// Why: an estimate counts what each layer does, not how long it waits for its neighbours. With depths by rule alone,
// designs explored for a board simulated up to two thirds slower than estimated. With depths from simulation they keep
// it within a few percent (./run prove-designs).
//
// Before: configs of this network; a few pictures, which are simulated some dozen times. After: a valid
// design; with simulated depths it fits its target, in the block RAM that this has left. Where it cannot, depths are by
// rule and the reason is said.
#pragma once

#include <optional>
#include <string>

#include "compiler/pipeline/layer_config.hpp"
#include "compiler/search/row_search.hpp"
#include "compiler/measure/stream_depths.hpp"
#include "compiler/target/target.hpp"

namespace sluice {

struct BuiltDesign {
  Design design;
  DesignTable rows;                    // with thresholds, not measured
  std::optional<StreamSizing> sizing;  // where depths are simulated
  std::string unsized_because;         // empty where they are, or where it was not asked for
};

// Fewer know too little of how pictures vary: depths from 4 made ResNet-20 wait for 5 % on others, from 12 for 3 %.
inline constexpr std::size_t kSizingImages = 12;

// `front`: whose taken points become rows. `tolerance`: of size_streams(); 0: depths by rule.
Result<BuiltDesign> build_design(const IntegerNetwork& network, const LayerConfigs& configs,
                                 const std::vector<search::FrontPoint>& front, double clock_mhz,
                                 const std::vector<RowSample>& pictures, double tolerance,
                                 const std::optional<Target>& target);

}  // namespace sluice
