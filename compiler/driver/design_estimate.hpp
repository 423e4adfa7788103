// SPDX-License-Identifier: Apache-2.0
// DesignEstimate: what a built design costs and how fast it is, layer by layer; every figure is estimated.
//
// The idea: resources are the netlist's (compiler/dse/netlist_resources), cycles those of the table's row 0, which the counters
// gave on real pictures; so what is reported is what was built, not what the menus thought.
//
// Before: a design, its table. After: figures that add up; EMM as design section 7 has it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "compiler/dse/explain.hpp"
#include "compiler/dse/network_design.hpp"
#include "compiler/target/target.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

struct LayerEstimate {
  std::string name, engine;  // engine: empty for layers without one
  double cycles = 0;         // an image, row 0
  Resources cost;
  LayerStory story;          // empty where nothing was explored
};

struct DesignEstimate {
  std::vector<LayerEstimate> layers;
  Resources shared, total;
  double hls_factor = 0, clock_mhz = 0;
  double interval_cycles = 0, images_per_s = 0;
  double emm = 0;  // dense MACs / (interval * multipliers)
  std::string bottleneck;
  // With a target.
  std::string target;
  bool is_board = false;
  double explored_interval_cycles = 0;  // what the exploration expected
  double target_images_per_s = 0;       // 0: the highest was asked for
  std::vector<ResourceUse> uses;        // the fullest first: uses[0] binds
};

Result<DesignEstimate> estimate_design(const Design& design, const DesignTable& table, const ResourceModel& model);

nlohmann::json to_json(const Resources& cost);
nlohmann::json to_json(const LayerStory& story);
nlohmann::json to_json(const DesignEstimate& estimate);  // without its layers

// Lines for people.
std::string estimate_text(const DesignEstimate& estimate);

}  // namespace sluice
