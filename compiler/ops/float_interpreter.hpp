// SPDX-License-Identifier: Apache-2.0
// FloatProgram: runs a graph in float, at any stage from import to normal form.
//
// Why: it is the yardstick. Passes are tested by equal outputs before and after, accuracy is compared with it, and
// calibration reads every intermediate value. It must follow the operators' definitions and still do tens of
// pictures a second, so convolutions go through FastConv and all else through the operator records.
//
//   FloatProgram program = SLUICE_TRY(FloatProgram::prepare(graph));
//   ir::Tensor scores = SLUICE_TRY(program.run(picture));        // from any number of threads
//
// Before: a graph that verify() accepts, with the input's shape. After: the program is independent of the graph.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice::ops {

class FloatProgram {
 public:
  // Called with the input and with each computed value, in order, fused activations applied.
  using Observer = std::function<void(const std::string& value, const ir::Tensor& tensor)>;

  // Called with the same values before anybody reads them; what it leaves is what is read.
  using Editor = std::function<void(const std::string& value, ir::Tensor& tensor)>;

  // Prepares weights and evaluates what depends on constants alone.
  static Result<FloatProgram> prepare(const ir::Graph& graph);

  FloatProgram(FloatProgram&&) noexcept;
  FloatProgram& operator=(FloatProgram&&) noexcept;
  ~FloatProgram();

  // The graph's output for one input of the graph's input shape. Values are freed after their last reader.
  Result<ir::Tensor> run(const ir::Tensor& input, const Observer& observer = {}, const Editor& editor = {}) const;

  // Every value of one run by its number, constants aside.
  using Trace = std::vector<ir::Tensor>;
  Result<Trace> trace(const ir::Tensor& input) const;
  // The graph's output if `editor` had changed the values named in `edited`. Only what depends on them is computed
  // again.
  Result<ir::Tensor> rerun(const Trace& trace, const std::set<std::string>& edited, const Editor& editor) const;

  const ir::Dims& input_dims() const;

 private:
  struct State;
  explicit FloatProgram(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::ops
