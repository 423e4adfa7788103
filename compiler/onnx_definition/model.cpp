// SPDX-License-Identifier: Apache-2.0
// Opens a model and runs its graph (see model.hpp). Initialisers are read once, for all runs.
#include "compiler/onnx_definition/model.hpp"

#include <algorithm>

#include "compiler/onnx_definition/scope.hpp"
#include "compiler/onnx_file/model_file.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::definition {

struct DefinedModel::State {
  onnx::ModelProto model;
  std::filesystem::path folder;
  Opsets opsets;
  std::map<std::string, Value> constants;
  std::string input, output;
  Dims input_dims;
  bool is_quantised = false;
};

namespace {

bool rounds(const onnx::NodeProto& node) {
  const std::string& op = node.op_type();
  return op == "QuantizeLinear" || op == "Quant" || op == "QGemm" || op.starts_with("QLinear");
}

bool rounds(const onnx::ModelProto& model) {
  const auto any = [](const Nodes& nodes) {
    return std::any_of(nodes.begin(), nodes.end(), [](const onnx::NodeProto& node) { return rounds(node); });
  };
  return any(model.graph().node()) || std::any_of(model.functions().begin(), model.functions().end(),
                                                  [&](const auto& function) { return any(function.node()); });
}

std::vector<float> reals_of(const std::map<std::string, Value>& constants, const std::string& name) {
  const auto found = constants.find(name);
  return found == constants.end() ? std::vector<float>() : found->second.as_reals();
}

bool is_read(const Nodes& nodes, const std::string& name) {
  return std::any_of(nodes.begin(), nodes.end(), [&](const onnx::NodeProto& node) {
    return std::find(node.input().begin(), node.input().end(), name) != node.input().end();
  });
}

}  // namespace

DefinedModel::DefinedModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
DefinedModel::DefinedModel(DefinedModel&&) noexcept = default;
DefinedModel::~DefinedModel() = default;

bool DefinedModel::is_quantised() const { return state_->is_quantised; }
const Dims& DefinedModel::input_dims() const { return state_->input_dims; }

Result<DefinedModel> DefinedModel::open(const std::filesystem::path& file, const std::string& output) {
  const std::string bytes = SLUICE_TRY(read_file(file));
  auto model = from_bytes(bytes, file.parent_path(), output);
  if (!model) return std::move(model).error().in(file.string());
  return model;
}

Result<DefinedModel> DefinedModel::from_bytes(std::string_view bytes, const std::filesystem::path& folder,
                                              const std::string& output) {
  auto state = std::make_unique<State>();
  state->model = SLUICE_TRY(onnx_file::parse_model(bytes));
  state->folder = folder;
  const onnx::GraphProto& graph = state->model.graph();
  state->opsets = opsets_of(state->model.opset_import());
  SLUICE_CHECK(define_initialisers(
      graph, folder, [&](const std::string& name, Value value) { state->constants[name] = std::move(value); }));
  // The weights are in `constants` now; held twice, a large network would not fit.
  state->model.mutable_graph()->clear_initializer();
  if (graph.output_size() == 0) return user_error("has no output");
  state->output = output.empty() ? graph.output(0).name() : output;
  for (const auto& input : graph.input()) {
    // Files before IR version 4 list their weights as inputs. An input that no node reads is not the picture.
    if (state->constants.count(input.name()) != 0 || !is_read(graph.node(), input.name())) continue;
    state->input = input.name();
    for (const auto& dim : input.type().tensor_type().shape().dim())
      state->input_dims.push_back(dim.dim_value() > 0 ? dim.dim_value() : -1);
    break;
  }
  state->is_quantised = rounds(state->model);
  return DefinedModel(std::move(state));
}

std::optional<FirstNormalisation> DefinedModel::first_normalisation() const {
  const auto& nodes = state_->model.graph().node();
  const auto node = std::find_if(nodes.begin(), nodes.end(), [](const auto& n) {
    return n.op_type() == "BatchNormalization" && n.domain().empty() && n.input_size() == 5;
  });
  if (node == nodes.end()) return std::nullopt;
  FirstNormalisation found{node->name(), node->input(0), reals_of(state_->constants, node->input(3)),
                           reals_of(state_->constants, node->input(4))};
  if (found.mean.empty() || found.mean.size() != found.variance.size()) return std::nullopt;
  return found;
}

Result<Value> DefinedModel::run(Value input, Rounding rounding, const Observer& observer) const {
  return run_to(state_->output, std::move(input), rounding, observer);
}

Result<Value> DefinedModel::run_to(const std::string& name, Value input, Rounding rounding,
                                   const Observer& observer) const {
  const Run run{state_->model, state_->opsets, state_->folder, rounding, observer};
  const Attributes none;
  Scope scope(run, nullptr, none, 0, "");
  for (const auto& [constant, value] : state_->constants) scope.refer(constant, &value);
  input.is_computed = true;
  scope.define(state_->input, std::move(input));
  SLUICE_CHECK(scope.compute(state_->model.graph().node(), {name}));
  const Value* value = scope.find(name);
  if (!value) return user_error("no node makes \"{}\"", name);
  return *value;
}

}  // namespace sluice::definition
