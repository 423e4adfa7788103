// SPDX-License-Identifier: Apache-2.0
// The three formats (see classification_text.hpp).
#include "apps/cli/classification_text.hpp"

#include <fmt/format.h>

#include "apps/cli/verb.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/scores/class_names.hpp"
#include "runtime/scores/model_scores.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// The number or numbers after a class name.
std::string score_text(const IntegerNetwork& network, const ModelScores& scores, std::size_t index) {
  const double output = scores.outputs[index];
  const ProbabilityKind kind = probability_kind(network);
  if (kind == ProbabilityKind::none) return fmt::format("{:.2f}", output);
  const std::string percent = fmt::format("{:.1f} %", 100 * scores.probabilities[index]);
  if (kind == ProbabilityKind::softmax_of_outputs) return fmt::format("{} (softmax of {:.2f})", percent, output);
  return network.host_tail.back().kind == TailKind::log_softmax ? fmt::format("{} (log {:.3g})", percent, output)
                                                                : percent;
}

std::string text_line(const Outcome& outcome, const IntegerNetwork& network, const ModelScores& scores) {
  std::string line = printable(outcome.name, 4096) + ":";
  if (is_unsure(scores, outcome.result.value().top.front())) line += " not sure:";
  for (const int index : outcome.result.value().top) {
    line += fmt::format("  {} {}", shown_class_name(network, index),
                        score_text(network, scores, static_cast<std::size_t>(index)));
  }
  return line;
}

std::string csv_line(const Outcome& outcome, const IntegerNetwork& network, const ModelScores& scores) {
  std::string line = csv_field(outcome.name);
  for (const int index : outcome.result.value().top) {
    const auto at = static_cast<std::size_t>(index);
    line += fmt::format(",{},{},{:.6g},", index, csv_field(class_name(network, index)), scores.outputs[at]);
    if (!scores.probabilities.empty()) line += fmt::format("{:.6g}", scores.probabilities[at]);
  }
  return line;
}

std::string json_line(const Outcome& outcome, const IntegerNetwork& network, const ModelScores& scores) {
  const Classification& c = outcome.result.value();
  json top = json::array();
  for (const int index : c.top) {
    const auto at = static_cast<std::size_t>(index);
    json entry{{"class", index}, {"label", class_name(network, index)}, {"output", scores.outputs[at]}};
    if (!scores.probabilities.empty()) entry["probability"] = scores.probabilities[at];
    top.push_back(std::move(entry));
  }
  json line{{"file", outcome.name},
            {"top", top},
            {"row", c.row_id},
            {"probability_kind", to_text(probability_kind(network))}};
  if (outcome.label) line["true_class"] = *outcome.label;
  return json_text(line);
}

}  // namespace

std::string classification_line(const Outcome& outcome, const IntegerNetwork& network, LineFormat format) {
  const ModelScores scores = model_scores(network, outcome.result.value().scores);
  switch (format) {
    case LineFormat::text:
      return text_line(outcome, network, scores);
    case LineFormat::csv:
      return csv_line(outcome, network, scores);
    case LineFormat::jsonl:
      return json_line(outcome, network, scores);
  }
  return "";
}

std::string csv_header(std::size_t top) {
  std::string header = "file";
  for (std::size_t k = 1; k <= top; ++k) header += fmt::format(",class_{0},label_{0},output_{0},probability_{0}", k);
  return header;
}

std::string short_label(const Classification& classification, const IntegerNetwork& network) {
  const int best = classification.top.front();
  const ModelScores scores = model_scores(network, classification.scores);
  if (scores.probabilities.empty()) return shown_class_name(network, best);
  return fmt::format("{:.0f} % {}{}", 100 * scores.probabilities[static_cast<std::size_t>(best)],
                     shown_class_name(network, best), is_unsure(scores, best) ? "?" : "");
}

std::string percentages_text(const IntegerNetwork& network) {
  switch (probability_kind(network)) {
    case ProbabilityKind::none:
      return "";
    case ProbabilityKind::model:
      return "percentages: the model's own";
    case ProbabilityKind::softmax_of_outputs:
      return "percentages: softmax of the model's outputs";
  }
  return "";
}

}  // namespace sluice::cli
