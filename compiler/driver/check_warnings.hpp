// SPDX-License-Identifier: Apache-2.0
// warnings_of: what works, but is probably not meant.
//
// Before: a graph in normal form, and the graph it came from. After: sentences for the user, each naming its node.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice {

// Multiply-accumulates of a Conv, positions in the padding included.
std::int64_t macs_of(const ir::Graph& graph, const ir::Node& conv);

// That a node at the end names classes in place of scores, and what becomes of it; empty where none does.
std::string left_out_class(const ir::Graph& graph);

std::vector<std::string> warnings_of(const ir::Graph& imported, const ir::Graph& normal);

}  // namespace sluice
