// SPDX-License-Identifier: Apache-2.0
// From pictures to the float network's tensors (see float_runner.hpp).
#include "compiler/quantise/float_runner.hpp"

#include "runtime/base/top_k.hpp"

namespace sluice {

MapShape picture_shape(const ir::Graph& graph) {
  const ir::Dims& dims = graph.shapes.at(graph.input);
  return {static_cast<int>(dims[2]), static_cast<int>(dims[3]), static_cast<int>(dims[1])};
}

Result<FloatRunner> FloatRunner::prepare(const ir::Graph& graph, Preprocess preprocess) {
  ops::FloatProgram program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  return FloatRunner(std::move(program), picture_shape(graph), std::move(preprocess));
}

Result<std::vector<float>> FloatRunner::scores(const FittedPicture& picture,
                                               const ops::FloatProgram::Observer& observer) const {
  std::vector<float> values = SLUICE_TRY(preprocess_float(picture, preprocess_));
  const ir::Tensor input = ir::Tensor::of_values(program_.input_dims(), std::move(values));
  ir::Tensor scores = SLUICE_TRY(program_.run(input, observer));
  return std::move(scores.values);
}

Result<std::vector<float>> FloatRunner::edited_scores(const FittedPicture& picture,
                                                      const ops::FloatProgram::Editor& editor) const {
  std::vector<float> values = SLUICE_TRY(preprocess_float(picture, preprocess_));
  const ir::Tensor input = ir::Tensor::of_values(program_.input_dims(), std::move(values));
  ir::Tensor scores = SLUICE_TRY(program_.run(input, {}, editor));
  return std::move(scores.values);
}

Result<ops::FloatProgram::Trace> FloatRunner::trace(const FittedPicture& picture) const {
  std::vector<float> values = SLUICE_TRY(preprocess_float(picture, preprocess_));
  return program_.trace(ir::Tensor::of_values(program_.input_dims(), std::move(values)));
}

Result<std::vector<float>> FloatRunner::edited_scores(const ops::FloatProgram::Trace& trace,
                                                      const std::set<std::string>& edited,
                                                      const ops::FloatProgram::Editor& editor) const {
  ir::Tensor scores = SLUICE_TRY(program_.rerun(trace, edited, editor));
  return std::move(scores.values);
}

Result<std::vector<int>> FloatRunner::top(const FittedPicture& picture, std::size_t count) const {
  const std::vector<float> all = SLUICE_TRY(scores(picture));
  return top_k(all, count);
}

}  // namespace sluice
