// SPDX-License-Identifier: Apache-2.0
// Finds definitions, and makes the checks that they share (see definition.hpp).
#include "compiler/onnx_definition/definition.hpp"

#include <algorithm>
#include <map>

#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

// These take texts as they are.
bool takes_texts(const std::string& op) {
  return op == "Cast" || op == "CastLike" || op == "Identity" || op == "Reshape" || op == "Shape";
}

std::map<std::pair<std::string, std::string>, const Definition*> all_definitions() {
  std::map<std::pair<std::string, std::string>, const Definition*> all;
  for (const Definitions* family :
       {&arithmetic_definitions(), &activation_definitions(), &comparison_definitions(), &constant_definitions(),
        &convolution_definitions(), &joining_definitions(), &layout_definitions(), &matrix_definitions(),
        &normalisation_definitions(), &pooling_definitions(), &quantisation_definitions(),
        &quantised_operator_definitions(), &reduction_definitions(), &slicing_definitions()}) {
    for (const Definition& definition : *family) all[{definition.domain, definition.op}] = &definition;
  }
  return all;
}

}  // namespace

Result<std::vector<std::int64_t>> Call::list(std::size_t input, const char* attribute,
                                             std::vector<std::int64_t> otherwise) const {
  if (!has(input)) return attributes.integers(attribute, std::move(otherwise));
  if (inputs[input]->dims.size() > 1)
    return user_error("{} is {}, not a list", attribute, to_text(inputs[input]->dims));
  return inputs[input]->as_integers();
}

bool Call::is_computed() const {
  return std::any_of(inputs.begin(), inputs.end(), [](const Value* value) { return value && value->is_computed; });
}

std::string domain_key(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

const Definition* find_definition(const std::string& domain, const std::string& op) {
  static const auto all = all_definitions();
  const auto found = all.find({domain_key(domain), op});
  return found == all.end() ? nullptr : found->second;
}

Result<Values> run_definition(const Definition& definition, const Call& call) {
  for (std::size_t i = 0; i < definition.least_inputs; ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
  }
  for (const Value* value : call.inputs) {
    if (value && value->held == Value::Held::texts && !takes_texts(definition.op))
      return user_error("an input is text");
  }
  return definition.compute(call);
}

Result<Values> one(Value value) {
  Values values;
  values.push_back(std::move(value));
  return values;
}

}  // namespace sluice::definition
