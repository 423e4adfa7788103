// SPDX-License-Identifier: Apache-2.0
// Runs file, graph and bundle on the inputs of a validation (see float_judgement.hpp).
#include "apps/cli/float_judgement.hpp"

#include <cmath>

#include "compiler/quantise/float_runner.hpp"
#include "compiler/validation/validate_network.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice::cli {
namespace {

// Scores of networks that have nothing to do with each other are about as far apart as they are large.
constexpr double kMostApart = 0.5;

Result<double> scores_apart(const ir::Graph& graph, const IntegerNetwork& network,
                            const std::vector<ValidationInput>& inputs) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, network.preprocess));
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network);
  double signal = 0, noise = 0;
  for (const ValidationInput& input : inputs) {
    const std::vector<float> real = SLUICE_TRY(runner.scores(input.picture));
    const std::vector<std::int32_t> codes = evaluator.scores(preprocessor.codes(input.picture));
    for (std::size_t c = 0; c < codes.size(); ++c) {
      const double found = network.layers.back().real_value(codes[c], static_cast<int>(c));
      signal += static_cast<double>(real[c]) * real[c];
      noise += (found - real[c]) * (found - real[c]);
    }
  }
  return signal > 0 ? std::sqrt(noise / signal) : noise > 0 ? 1.0 : 0.0;
}

}  // namespace

Result<FloatJudgement> judge_float(const std::filesystem::path& model, const std::string& output,
                                   const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images) {
  const ir::Dims& scores = graph.shapes.at(graph.output);
  if (ir::element_count(scores) != network.classes()) {
    return user_error("{}: it has {} scores, the bundle {} classes; give the file that the bundle was planned from",
                      model.string(), ir::element_count(scores), network.classes());
  }
  const definition::DefinedModel defined = SLUICE_TRY(definition::DefinedModel::open(model, output));
  const FittedPictures pictures(images, network.input, network.preprocess);
  const std::vector<ValidationInput> inputs = SLUICE_TRY(validation_inputs(pictures, network.input));
  FloatJudgement judgement;
  judgement.of_import = SLUICE_TRY(validate_import(defined, graph, network.preprocess, inputs));
  const NetworkValidation of_layers = SLUICE_TRY(validate_network(graph, network, inputs));
  if (!of_layers.parted.empty()) {
    return user_error("{}: {}; was the bundle planned from another file? If it was not, this is a bug in sluice: {}",
                      model.string(), of_layers.parted, kHowToReport);
  }
  judgement.layers = network.layers.size();
  judgement.compared_layers = of_layers.layers;
  judgement.scores_apart = SLUICE_TRY(scores_apart(graph, network, inputs));
  // Where layers were compared, they have been judged more closely than this.
  if (of_layers.layers == 0 && judgement.scores_apart > kMostApart) {
    return user_error(
        "{}: no layer of the bundle comes from a node of this file, and its scores differ by {:.3g} of their size on "
        "{} inputs: the bundle was planned from another model",
        model.string(), judgement.scores_apart, inputs.size());
  }
  return judgement;
}

}  // namespace sluice::cli
