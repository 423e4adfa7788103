// SPDX-License-Identifier: Apache-2.0
// The steps in double, each written so that no exponential overflows (see model_scores.hpp).
#include "runtime/scores/model_scores.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

void log_softmax(std::vector<double>& scores) {
  if (scores.empty()) return;
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - largest);
  for (double& score : scores) score = score - largest - std::log(sum);
}

void softmax(std::vector<double>& scores) {
  if (scores.empty()) return;
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - largest);
  for (double& score : scores) score /= sum;
}

// An exponential that overflows here is infinity, and the quotient 0.
void sigmoid(std::vector<double>& scores) {
  for (double& score : scores) score = 1 / (1 + std::exp(-score));
}

void apply(TailKind kind, std::vector<double>& scores) {
  switch (kind) {
    case TailKind::softmax:
      return softmax(scores);
    case TailKind::log_softmax:
      return log_softmax(scores);
    case TailKind::sigmoid:
      return sigmoid(scores);
  }
}

std::vector<double> probabilities_of(const IntegerNetwork& network, std::vector<double> outputs) {
  switch (probability_kind(network)) {
    case ProbabilityKind::none:
      return {};
    case ProbabilityKind::softmax_of_outputs:
      softmax(outputs);
      break;
    case ProbabilityKind::model:
      if (network.host_tail.back().kind == TailKind::log_softmax) {
        for (double& output : outputs) output = std::exp(output);
      }
  }
  return outputs;
}

}  // namespace

const char* to_text(ProbabilityKind kind) {
  switch (kind) {
    case ProbabilityKind::none:
      return "none";
    case ProbabilityKind::model:
      return "model";
    case ProbabilityKind::softmax_of_outputs:
      return "softmax_of_outputs";
  }
  return "";
}

ProbabilityKind probability_kind(const IntegerNetwork& network) {
  if (!network.host_tail.empty()) return ProbabilityKind::model;
  const bool has_logits = network.classes() > 1 && network.layers.back().curve.kind == CurveKind::none;
  return has_logits ? ProbabilityKind::softmax_of_outputs : ProbabilityKind::none;
}

std::vector<double> after_host_tail(std::vector<double> scores, const std::vector<TailStep>& tail) {
  for (const TailStep& step : tail) apply(step.kind, scores);
  return scores;
}

ModelScores model_scores(const IntegerNetwork& network, const std::vector<std::int32_t>& codes) {
  std::vector<double> scores(codes.size());
  for (std::size_t c = 0; c < codes.size(); ++c)
    scores[c] = network.layers.back().real_value(codes[c], static_cast<int>(c));
  ModelScores result{after_host_tail(std::move(scores), network.host_tail), {}};
  result.probabilities = probabilities_of(network, result.outputs);
  return result;
}

bool is_unsure(const ModelScores& scores, int best) {
  constexpr double kLeastSure = 0.5;
  return !scores.probabilities.empty() && scores.probabilities[static_cast<std::size_t>(best)] < kLeastSure;
}

}  // namespace sluice
