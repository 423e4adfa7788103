// SPDX-License-Identifier: Apache-2.0
// The few edits and questions that passes share.
//
// Before: a verified graph. After each call: the graph still verifies, but for shapes of values that no longer exist.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

// Every reader of `from`, and the graph's output, reads `to` instead.
void replace_uses(ir::Graph& graph, const std::string& from, const std::string& to);

// Takes node `index` out; its readers read `replacement`. `into` is the node that does its work from now on ("": none).
void remove_node(ir::Graph& graph, std::size_t index, const std::string& replacement, const std::string& into = "");

// True when `value` has exactly one reader and is not the graph's output.
bool has_one_reader(const ir::Graph& graph, const std::string& value);

// Adds an initialiser under a name nobody uses yet, starting with `wish`; returns the name.
std::string add_initialiser(ir::Graph& graph, const std::string& wish, ir::Tensor tensor);

// A name for a new value or node that nobody uses yet, starting with `wish`.
std::string unused_name(const ir::Graph& graph, const std::string& wish);

// Index of the node that computes `value`, or nothing.
std::optional<std::size_t> index_of_producer(const ir::Graph& graph, const std::string& value);

// The node that computes `value` when it is an `op`; null otherwise.
ir::Node* producer_if(ir::Graph& graph, const std::string& value, const std::string& op);

// The one number that `value` is a constant of (a scalar, or a tensor whose elements are all equal); else nothing.
std::optional<float> constant_number(const ir::Graph& graph, const std::string& value);

// A constant as one number per channel (axis 1) of a map of `dims`, when it broadcasts to the map and depends on
// nothing but the channel.
std::optional<std::vector<float>> constant_per_channel(const ir::Graph& graph, const std::string& value,
                                                       const ir::Dims& dims);

// Replaces the node by the depthwise 1x1 convolution y[c] = factor[c] * x[c] + offset[c]; name, output and activation
// stay.
void make_depthwise(ir::Graph& graph, ir::Node& node, const std::string& input, std::vector<float> factor,
                    std::vector<float> offset);

// Replaces the node by the BatchNormalization y[c] = factor[c] * x[c] + offset[c], of mean 0 and variance 1; name and
// output stay.
void make_normalisation(ir::Graph& graph, ir::Node& node, const std::string& input, std::vector<float> factor,
                        std::vector<float> offset);

// All dimensions but one are 1, as those of a row of scores.
bool is_row(const ir::Dims& dims);

// A Softmax or LogSoftmax of a row along an axis that holds one of its elements: every result is the same.
bool is_softmax_of_single_scores(const ir::Graph& graph, const ir::Node& node);

// Relu, Clip or a curve: each value becomes another one by itself.
bool is_activation(const ir::Node& node);

// Flatten, Reshape, Squeeze, Unsqueeze: the same numbers in the same order under other dimensions.
bool is_reshape(const ir::Node& node);

}  // namespace sluice::passes
