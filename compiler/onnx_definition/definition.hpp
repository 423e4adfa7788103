// SPDX-License-Identifier: Apache-2.0
// Definition: what one ONNX operator computes, written from its specification.
//
// Why a second time (compiler/ops has records of operators): these judge those. So nothing is shared with them, shapes
// follow from the computation and are not inferred, and there are no fast paths.
//
// One file for a family of operators; a new operator is one function and one line in the list of its family.
//
// Before: any call; arguments may have any shape. After: one value for each output asked for, or an error in words that
// do not name the node.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/onnx_definition/attributes.hpp"
#include "compiler/onnx_definition/rounding.hpp"
#include "compiler/onnx_definition/value.hpp"

namespace sluice::definition {

struct Call {
  const Attributes& attributes;
  int opset;                         // of the node's domain
  std::vector<const Value*> inputs;  // null for an omitted one
  std::size_t outputs;               // how many the node names
  Rounding rounding;
  const std::filesystem::path& folder;  // of the model, for constants in a second file

  bool has(std::size_t index) const { return index < inputs.size() && inputs[index] != nullptr; }
  // Before: has(index), which run_definition() has checked for the first `least_inputs`.
  const Value& operator[](std::size_t index) const { return *inputs[index]; }
  // A list of integers that is an input in newer opsets and an attribute in older ones.
  Result<std::vector<std::int64_t>> list(std::size_t input, const char* attribute,
                                         std::vector<std::int64_t> otherwise) const;
  bool is_computed() const;  // an argument depends on the model's input
};

using Values = std::vector<Value>;

struct Definition {
  const char* op;
  std::size_t least_inputs;
  Result<Values> (*compute)(const Call& call);
  const char* domain = "";  // ONNX's own
};

using Definitions = std::vector<Definition>;

// The families, one a file.
const Definitions& arithmetic_definitions();
const Definitions& activation_definitions();
const Definitions& comparison_definitions();
const Definitions& constant_definitions();
const Definitions& convolution_definitions();
const Definitions& joining_definitions();
const Definitions& layout_definitions();
const Definitions& matrix_definitions();
const Definitions& normalisation_definitions();
const Definitions& pooling_definitions();
const Definitions& quantisation_definitions();
const Definitions& quantised_operator_definitions();
const Definitions& reduction_definitions();
const Definitions& slicing_definitions();

// By which a domain is looked up: "ai.onnx" is ONNX's own one, "", too.
std::string domain_key(const std::string& domain);

// Null where there is none.
const Definition* find_definition(const std::string& domain, const std::string& op);

// With the checks that all share: the number of inputs, numbers and no text unless the operator is one of texts.
Result<Values> run_definition(const Definition& definition, const Call& call);

// The families' shorthand for one output.
Result<Values> one(Value value);

}  // namespace sluice::definition
