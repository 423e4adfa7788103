// SPDX-License-Identifier: Apache-2.0
// Runs file and graph on the same inputs, and finds where they part (see validate_import.hpp).
#include "compiler/validation/validate_import.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/quantise/float_runner.hpp"
#include "compiler/quantise/host_tail.hpp"
#include "compiler/validation/file_input.hpp"
#include "compiler/validation/value_search.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/scores/model_scores.hpp"

namespace sluice {
namespace {

using definition::Rounding;
using definition::Value;

constexpr double kTolerance = 3e-4;
constexpr double kSlack = 2;
constexpr double kLeast = 1e-30;  // in place of 0 as a divisor

// What one input said.
struct Finding {
  // Differences and tolerance as shares of the largest number.
  double of_scores = 0;  // to the nearest value of the file
  double of_output = 0;  // after the host's steps, to the file's own output
  double tolerance = kTolerance;
  std::string parted;  // a sentence, where they part
  bool is_same_class = true;
};

double largest_of(const std::vector<float>& numbers) {
  double largest = kLeast;
  for (const float number : numbers) largest = std::max<double>(largest, std::fabs(number));
  return largest;
}

std::int64_t class_of(const std::vector<float>& scores) {
  return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

// The node where graph and file part, going back from the scores through values that the file does not have.
std::string first_parted(const ir::Graph& graph, const ValueSearch& search, double tolerance) {
  const auto is_parted = [&](const std::string& value) {
    return search.is_wanted(value) && !(search.found(value).relative() <= tolerance);
  };
  const ir::Node* node = graph.producer(graph.output);
  while (node) {
    const auto next = std::find_if(node->inputs.begin(), node->inputs.end(), [&](const std::string& value) {
      return !value.empty() && is_parted(value) && graph.producer(value);
    });
    if (next == node->inputs.end()) break;
    node = graph.producer(*next);
  }
  if (!node) return "no node computes the scores";
  std::string agreed;
  for (const std::string& value : node->inputs) {
    const ir::Node* maker = value.empty() ? nullptr : graph.producer(value);
    if (maker) agreed += (agreed.empty() ? "" : " and ") + maker->label();
  }
  return fmt::format(
      "the first that differs is {}{}", node->label(),
      agreed.empty() ? std::string(", which reads the picture") : "; what it reads, of " + agreed + ", agrees");
}

// What the file says of one input, next to the graph's values.
struct FileRun {
  ValueSearch search;                              // the graph's values among the file's
  std::map<std::string, std::vector<float>> rows;  // values of the file that are short enough to be scores
  Value output;
};

class Comparison {
 public:
  Comparison(const definition::DefinedModel& model, const ir::Graph& graph, const FloatRunner& runner,
             std::vector<TailStep> tail)
      : model_(model), graph_(graph), runner_(runner), tail_(std::move(tail)) {}

  Result<Finding> compare(const FittedPicture& picture) const {
    FileRun run;
    const std::vector<float> scores = SLUICE_TRY(runner_.scores(
        picture, [&](const std::string& value, const ir::Tensor& tensor) { run.search.want(value, tensor); }));
    const Value input = file_input(model_, graph_.shapes.at(graph_.input), run.search.found(graph_.input).numbers);
    const Rounding rounding = model_.is_quantised() ? Rounding::only_saturation : Rounding::as_defined;
    run.output = SLUICE_TRY(model_.run(input, rounding, [&](const std::string& name, const Value& value) {
      run.search.offer(name, value);
      if (is_short(value, scores)) run.rows[name] = first_of_batch(value);
    }));
    Finding finding = judge(run, scores);
    if (!model_.is_quantised()) return finished(run, std::move(finding));
    SLUICE_CHECK(allow_for_half_steps(input, run, scores, finding));
    const Value rounded = SLUICE_TRY(model_.run(input, Rounding::as_defined));
    const std::vector<float> numbers = first_of_batch(rounded);
    finding.is_same_class = (names_class_ ? named_class(numbers) : class_of(numbers)) == class_of(scores);
    return finished(run, std::move(finding));
  }

 private:
  // What ArgMax or TopK at the file's end has said, the best first.
  static std::int64_t named_class(const std::vector<float>& numbers) {
    return numbers.empty() ? -1 : static_cast<std::int64_t>(numbers[0]);
  }

  static bool is_short(const Value& value, const std::vector<float>& scores) {
    const std::int64_t batch = value.dims.empty() ? 1 : value.dims[0];
    return value.held == Value::Held::reals && value.size() <= std::int64_t(scores.size()) * batch;
  }

  // What the graph and the host's steps say the file's output is.
  std::vector<float> expected_output(const std::vector<float>& scores) const {
    if (tail_.empty()) return scores;
    const std::vector<double> after = after_host_tail({scores.begin(), scores.end()}, tail_);
    return {after.begin(), after.end()};
  }

  Finding judge(const FileRun& run, const std::vector<float>& scores) const {
    Finding finding;
    finding.of_scores = run.search.found(graph_.output).relative();
    if (names_class_) {  // equal scores may come in either order
      const std::int64_t named = named_class(first_of_batch(run.output));
      const bool is_class = named >= 0 && named < std::int64_t(scores.size());
      finding.of_output =
          is_class ? *std::max_element(scores.begin(), scores.end()) - scores[std::size_t(named)] : 1e30;
      finding.of_output /= largest_of(scores);
      return finding;
    }
    const std::vector<float> expected = expected_output(scores);
    finding.of_output = largest_difference(expected, first_of_batch(run.output)) / largest_of(expected);
    return finding;
  }

  Status allow_for_half_steps(const Value& input, const FileRun& run, const std::vector<float>& scores,
                              Finding& finding) const {
    const ValueSearch::Wanted& wanted = run.search.found(graph_.output);
    std::vector<float> wide_row;
    const Value wide =
        SLUICE_TRY(model_.run(input, Rounding::wide_saturation, [&](const std::string& name, const Value& value) {
          if (name == wanted.nearest && is_short(value, scores)) wide_row = first_of_batch(value);
        }));
    const auto row = run.rows.find(wanted.nearest);
    double slack = 0;
    if (row != run.rows.end()) slack = largest_difference(wide_row, row->second) / std::max(wanted.largest, kLeast);
    if (!names_class_) {
      const std::vector<float> output = first_of_batch(run.output);
      slack = std::max(slack, largest_difference(first_of_batch(wide), output) / largest_of(output));
    }
    finding.tolerance += kSlack * slack;
    return ok();
  }

  Finding finished(const FileRun& run, Finding finding) const {
    if (finding.of_scores > finding.tolerance)
      finding.parted = first_parted(graph_, run.search, finding.tolerance);
    else if (finding.of_output > finding.tolerance)
      finding.parted = "the scores agree, but not what the file makes of them at its end";
    return finding;
  }

  const definition::DefinedModel& model_;
  const ir::Graph& graph_;
  const FloatRunner& runner_;
  const std::vector<TailStep> tail_;
  const bool names_class_ = class_node(graph_) != nullptr;
};

}  // namespace

Result<ImportValidation> validate_import(const definition::DefinedModel& model, const ir::Graph& graph,
                                         const Preprocess& preprocess, const std::vector<ValidationInput>& inputs) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, preprocess));
  std::vector<TailStep> tail = SLUICE_TRY(host_tail_steps(graph));
  const Comparison comparison(model, graph, runner, std::move(tail));
  std::vector<Finding> findings(inputs.size());
  SLUICE_CHECK(parallel_try(inputs.size(), [&](std::size_t i) -> Status {
    Result<Finding> finding = comparison.compare(inputs[i].picture);
    if (!finding) {
      if (finding.error().fault() != Fault::user) return std::move(finding).error();
      return bug_error(fmt::format("the file was imported, but cannot be run as ONNX defines it: {}; {}",
                                   finding.error().text(), kHowToReport));
    }
    findings[i] = std::move(*finding);
    return ok();
  }));
  ImportValidation result{inputs.size()};
  result.is_quantised = model.is_quantised();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Finding& finding = findings[i];
    if (!finding.parted.empty()) {
      return bug_error(fmt::format(
          "the imported network does not compute what the file says: on {} the scores differ by {:.3g} of the largest "
          "({:.3g} would be rounding); {}; {}",
          inputs[i].name, std::max(finding.of_scores, finding.of_output), finding.tolerance, finding.parted,
          kHowToReport));
    }
    result.largest_difference = std::max({result.largest_difference, finding.of_scores, finding.of_output});
    result.same_class += finding.is_same_class;
  }
  return result;
}

}  // namespace sluice
