// SPDX-License-Identifier: Apache-2.0
// From the device's score codes to the numbers that the model itself would give, and to probabilities.
//
// Why: a device ends at the last layer's codes. Users know their model's own outputs: real numbers, after the Softmax
// or Sigmoid that it ends in. That conversion stands here and nowhere else.
//
// The idea: each code becomes its real value (Layer::real_value), then the steps of IntegerNetwork::host_tail follow in
// double. A probability is the model's own where its last step makes one. Where a network ends in logits, Softmax of
// them is shown, and called that. None is shown of one single logit, whose Softmax is always 1, nor after a fused
// curve, whose values are no logits.
//
// Classes are ranked by their codes (top_k.hpp), never by what is made of them here: every step keeps the order, but
// rounds distinct codes to equal outputs.
//
// Before: a validated network, one code per class. After: one output per class, no NaN from finite scores.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

enum class ProbabilityKind { none, model, softmax_of_outputs };

const char* to_text(ProbabilityKind kind);

// How this network's probabilities come about.
ProbabilityKind probability_kind(const IntegerNetwork& network);

struct ModelScores {
  std::vector<double> outputs;        // by class: what the model's last node gives
  std::vector<double> probabilities;  // by class, 0 to 1; empty where the kind is none
};

ModelScores model_scores(const IntegerNetwork& network, const std::vector<std::int32_t>& codes);

// Whether the class is less likely than all others together; never where there are no probabilities.
bool is_unsure(const ModelScores& scores, int best);

// The steps of a tail on one row of scores.
std::vector<double> after_host_tail(std::vector<double> scores, const std::vector<TailStep>& tail);

}  // namespace sluice
