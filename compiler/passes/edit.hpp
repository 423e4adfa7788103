// SPDX-License-Identifier: Apache-2.0
// The few edits that passes share.
//
// Before: a verified graph. After each call: the graph still verifies, but for shapes of values that no longer exist.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

// Every reader of `from`, and the graph's output, reads `to` instead.
void replace_uses(ir::Graph& graph, const std::string& from, const std::string& to);

// Takes node `index` out; its readers read `replacement`.
void remove_node(ir::Graph& graph, std::size_t index, const std::string& replacement);

// True when `value` has exactly one reader and is not the graph's output.
bool has_one_reader(const ir::Graph& graph, const std::string& value);

// Adds an initialiser under a name nobody uses yet, starting with `wish`; returns the name.
std::string add_initialiser(ir::Graph& graph, const std::string& wish, ir::Tensor tensor);

// Index of the node that computes `value`, or nothing.
std::optional<std::size_t> index_of_producer(const ir::Graph& graph, const std::string& value);

}  // namespace sluice::passes
