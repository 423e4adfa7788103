// SPDX-License-Identifier: Apache-2.0
// estimate_design: what a built design costs and how fast it is, layer by layer, in the report's own words.
//
// The idea: resources come from the netlist (compiler/dse/netlist_resources), cycles from the table's row 0, which the
// counters gave on real pictures. So what is reported is what was built, not what the menus thought.
//
// Before: a design, its table. After: figures that add up.
#pragma once

#include "compiler/dse/explain.hpp"
#include "compiler/dse/netlist_resources.hpp"
#include "compiler/target/target.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/report.hpp"

namespace sluice {

struct LayerEstimate {
  std::string engine;  // empty for layers without one
  double cycles = 0;   // an image, row 0
  ResourceCount resources;
};

struct DesignEstimate {
  EstimatedRate rate;  // without its target
  std::vector<LayerEstimate> layers;
  Resources total;  // unrounded, to compare with a target
};

DesignEstimate estimate_design(const Design& design, const DesignTable& table, const ResourceModel& model);

ResourceCount rounded(const Resources& cost);
LayerExplanation explanation_of(const LayerStory& story);

}  // namespace sluice
