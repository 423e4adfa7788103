// SPDX-License-Identifier: Apache-2.0
// DefinedModel: an ONNX file, run as ONNX defines it.
//
// Why: the planner's float network has gone through an importer and some twenty passes, and whatever is compared with
// it has gone through the same. A check that shares the code that it checks proves nothing. So this interpreter starts
// at the protobuf message and shares nothing with them: no shape inference, no folding, no pass, no operator record.
// The idea is translation validation (Pnueli, Siegel, Singerman 1998; Necula 2000): do not prove the translator,
// compare what goes in with what comes out, each time.
//
// Plain loops, except that convolutions are ordered so that compilers vectorise them. float16 and bfloat16 are computed
// in float. If, local functions and weights in a second file are part of the definition.
//
// Before: a file that the importer accepts; others end in an error or in memory within kMostElements a value. After:
// run() is const and may be called from many threads.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/onnx_definition/rounding.hpp"
#include "compiler/onnx_definition/value.hpp"

namespace sluice::definition {

// Gets each value that a node computes. One within a branch or function is called `FIRST OUTPUT OF THE CALL/NAME`.
using Observer = std::function<void(const std::string& name, const Value& value)>;

// The statistics that training left in a BatchNormalization: what the values in front of it were then.
struct FirstNormalisation {
  std::string node, input;  // names
  std::vector<float> mean, variance;
};

class DefinedModel {
 public:
  // `output` may be empty for a model with one. What it does not need is never computed.
  static Result<DefinedModel> open(const std::filesystem::path& file, const std::string& output = {});
  static Result<DefinedModel> from_bytes(std::string_view bytes, const std::filesystem::path& folder = {},
                                         const std::string& output = {});
  DefinedModel(DefinedModel&&) noexcept;
  ~DefinedModel();

  // A node whose results are rounded to codes (QuantizeLinear and its like).
  bool is_quantised() const;
  // Dimensions of the input as the file has them; -1 where they are open.
  const Dims& input_dims() const;
  // Of the first such node in the file's order; nothing where there is none, or where its statistics are no
  // initialisers.
  std::optional<FirstNormalisation> first_normalisation() const;

  // The output's value. An input of the model that `input` does not give must have an initialiser.
  Result<Value> run(Value input, Rounding rounding, const Observer& observer = {}) const;
  // The same of any value of the graph; what that does not need is not computed.
  Result<Value> run_to(const std::string& name, Value input, Rounding rounding, const Observer& observer = {}) const;

 private:
  struct State;
  explicit DefinedModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::definition
