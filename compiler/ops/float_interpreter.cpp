// SPDX-License-Identifier: Apache-2.0
// The float interpreter (see float_interpreter.hpp): values get numbers, constants are computed once.
//
// Before: a sound graph. After: run() touches only what it owns, so that one program serves all threads.
#include "compiler/ops/float_interpreter.hpp"

#include <algorithm>
#include <optional>

#include "compiler/ops/fast_conv.hpp"
#include "compiler/ops/op.hpp"
#include "compiler/ops/shape_inference.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

constexpr int kAbsent = -1;

struct Step {
  ir::Node node;
  std::vector<int> inputs;  // value numbers, kAbsent for an omitted input
  int output = 0;
  std::optional<FastConv> conv;
  std::vector<int> finished;  // values nobody reads after this step
};

}  // namespace

struct FloatProgram::State {
  int opset = 0;
  std::string input_name;
  ir::Dims input_dims;
  int output = 0;
  std::map<int, ir::Tensor> constants;
  int value_count = 1;  // value 0 is the input
  std::vector<Step> steps;

  Call call_of(const Step& step, const std::vector<const ir::Tensor*>& values) const {
    Call call{step.node, opset, {}};
    for (int value : step.inputs) {
      Operand operand;
      if (value != kAbsent) operand = {&values[value]->dims, values[value]};
      call.inputs.push_back(operand);
    }
    return call;
  }

  Result<ir::Tensor> compute(const Step& step, const std::vector<const ir::Tensor*>& values) const {
    const ir::Tensor* map = values[step.inputs.empty() || step.inputs[0] == kAbsent ? 0 : step.inputs[0]];
    if (step.conv && map->type == ir::ElementType::real) return step.conv->run(*map);
    return evaluate(call_of(step, values));
  }

  // What every step reads before any of them ran.
  std::vector<const ir::Tensor*> initial_values(const ir::Tensor& input) const {
    std::vector<const ir::Tensor*> values(std::size_t(value_count), nullptr);
    values[0] = &input;
    for (const auto& [number, tensor] : constants) values[std::size_t(number)] = &tensor;
    return values;
  }

  Status check(const ir::Tensor& input) const {
    if (input.dims != input_dims)
      return user_error("the network takes {}, not {}", ir::to_text(input_dims), ir::to_text(input.dims));
    if (input.size() != ir::element_count(input.dims)) return bug_error("an input without its numbers");
    return ok();
  }
};

namespace {

// Marks each computed value at its last reader.
void find_last_readers(std::vector<Step>& steps, int output, const std::map<int, ir::Tensor>& constants) {
  std::map<int, std::size_t> last;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    last[steps[i].output] = i;
    for (int value : steps[i].inputs) {
      if (value > 0 && !constants.count(value)) last[value] = i;
    }
  }
  last.erase(output);
  for (const auto& [value, step] : last) steps[step].finished.push_back(value);
}

}  // namespace

FloatProgram::FloatProgram(std::unique_ptr<State> state) : state_(std::move(state)) {}
FloatProgram::FloatProgram(FloatProgram&&) noexcept = default;
FloatProgram& FloatProgram::operator=(FloatProgram&&) noexcept = default;
FloatProgram::~FloatProgram() = default;

Result<FloatProgram> FloatProgram::prepare(const ir::Graph& source) {
  SLUICE_CHECK(source.verify());
  ir::Graph shaped;
  const bool has_shapes = source.shapes.count(source.output) != 0;
  if (!has_shapes) {
    shaped = source;
    SLUICE_CHECK(infer_shapes(shaped));
  }
  const ir::Graph& graph = has_shapes ? source : shaped;

  auto state = std::make_unique<State>();
  state->opset = graph.opset;
  state->input_name = graph.input;
  state->input_dims = graph.shapes.at(graph.input);
  std::map<std::string, int> numbers{{graph.input, 0}};
  for (const auto& [name, tensor] : graph.initialisers) {
    numbers[name] = state->value_count;
    state->constants[state->value_count++] = tensor;
  }
  for (const ir::Node& node : graph.nodes) {
    Step step{node, {}, state->value_count++, std::nullopt, {}};
    numbers[node.outputs[0]] = step.output;
    Call call{step.node, graph.opset, {}};
    // Shape depends on its argument's dimensions only, and those are fixed.
    bool is_constant = true;
    for (const std::string& value : node.inputs) {
      step.inputs.push_back(value.empty() ? kAbsent : numbers.at(value));
      Operand operand;
      if (!value.empty()) {
        operand.dims = &graph.shapes.at(value);
        auto constant = state->constants.find(step.inputs.back());
        if (constant != state->constants.end()) operand.value = &constant->second;
        is_constant &= operand.value != nullptr;
      }
      call.inputs.push_back(operand);
    }
    if (is_constant || node.op == "Shape") {
      state->constants[step.output] = SLUICE_TRY(evaluate(call));
      continue;
    }
    // FastConv has no volumes; the operator's own loops do them.
    const bool has_constant_filter = node.op == "Conv" && call.dims(0).size() <= 4 && call.inputs[1].value &&
                                     (!call.has(2) || call.inputs[2].value) && !call.inputs[0].value;
    if (has_constant_filter) step.conv = SLUICE_TRY(FastConv::prepare(call));
    state->steps.push_back(std::move(step));
  }
  state->output = numbers.at(graph.output);
  find_last_readers(state->steps, state->output, state->constants);
  return FloatProgram(std::move(state));
}

Result<ir::Tensor> FloatProgram::run(const ir::Tensor& input, const Observer& observer, const Editor& editor) const {
  SLUICE_CHECK(state_->check(input));
  std::vector<ir::Tensor> owned(state_->value_count);
  std::vector<const ir::Tensor*> values = state_->initial_values(input);
  if (editor) {
    owned[0] = input;
    editor(state_->input_name, owned[0]);
    values[0] = &owned[0];
  }
  if (observer) observer(state_->input_name, *values[0]);
  for (const Step& step : state_->steps) {
    owned[step.output] = SLUICE_TRY(state_->compute(step, values));
    values[step.output] = &owned[step.output];
    if (editor) editor(step.node.outputs[0], owned[step.output]);
    if (observer) observer(step.node.outputs[0], owned[step.output]);
    for (int value : step.finished) owned[value] = ir::Tensor();
  }
  return *values[state_->output];
}

Result<FloatProgram::Trace> FloatProgram::trace(const ir::Tensor& input) const {
  SLUICE_CHECK(state_->check(input));
  Trace trace(state_->value_count);
  trace[0] = input;
  std::vector<const ir::Tensor*> values = state_->initial_values(trace[0]);
  for (const Step& step : state_->steps) {
    trace[step.output] = SLUICE_TRY(state_->compute(step, values));
    values[step.output] = &trace[step.output];
  }
  return trace;
}

Result<ir::Tensor> FloatProgram::rerun(const Trace& trace, const std::set<std::string>& edited,
                                       const Editor& editor) const {
  std::vector<ir::Tensor> changed(state_->value_count);
  std::vector<const ir::Tensor*> values = state_->initial_values(trace[0]);
  const auto is_changed = [&](int value) { return value != kAbsent && values[value] == &changed[value]; };
  if (edited.count(state_->input_name) != 0) {
    changed[0] = trace[0];
    editor(state_->input_name, changed[0]);
    values[0] = &changed[0];
  }
  for (const Step& step : state_->steps) {
    const std::string& name = step.node.outputs[0];
    const bool is_edited = edited.count(name) != 0;
    values[step.output] = &trace[step.output];
    if (std::any_of(step.inputs.begin(), step.inputs.end(), is_changed)) {
      changed[step.output] = SLUICE_TRY(state_->compute(step, values));
    } else if (is_edited) {
      changed[step.output] = trace[step.output];
    } else {
      continue;
    }
    values[step.output] = &changed[step.output];
    if (is_edited) editor(name, changed[step.output]);
    for (int value : step.finished) changed[value] = ir::Tensor();
  }
  return *values[state_->output];
}

const ir::Dims& FloatProgram::input_dims() const { return state_->input_dims; }

}  // namespace sluice::ops
