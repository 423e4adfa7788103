// SPDX-License-Identifier: Apache-2.0
// outside_normal_form: what keeps a graph from the device, node by node, with the next step for the user.
//
// Why apart from the passes: passes change what they can and leave the rest; only here is it decided what is too much,
// and all of it is found at once.
// Before: run_passes() succeeded. After: an empty list means the normal form of compiler/ir/graph.hpp.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

struct Finding {
  std::string node;  // its name
  std::string op;
  std::string problem;  // what was found
  std::string hint;     // what to try
  // Only what another finding makes it: a node on rows that come from there, or a reshape in front of it.
  bool is_consequence = false;
};

std::vector<Finding> outside_normal_form(const ir::Graph& graph);

}  // namespace sluice::passes
