// SPDX-License-Identifier: Apache-2.0
// Looks through the nodes in the file's order (see first_normalisation.hpp).
#include "compiler/onnx_definition/first_normalisation.hpp"

#include <algorithm>

#include "compiler/onnx_definition/tensor_values.hpp"
#include "compiler/onnx_file/model_file.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::definition {

Result<std::optional<FirstNormalisation>> first_normalisation(const std::filesystem::path& file) {
  const std::string bytes = SLUICE_TRY(read_file(file));
  const onnx::ModelProto model = SLUICE_TRY(onnx_file::parse_model(bytes));
  const auto& nodes = model.graph().node();
  const auto node = std::find_if(nodes.begin(), nodes.end(), [](const auto& n) {
    return n.op_type() == "BatchNormalization" && n.domain().empty() && n.input_size() == 5;
  });
  std::optional<FirstNormalisation> found;
  if (node == nodes.end()) return found;
  const auto constant = [&](int input) -> Result<std::vector<float>> {
    for (const onnx::TensorProto& tensor : model.graph().initializer()) {
      if (tensor.name() != node->input(input)) continue;
      const Value value = SLUICE_TRY(value_of(tensor, file.parent_path()));
      return value.as_reals();
    }
    return std::vector<float>();
  };
  FirstNormalisation statistics{node->name(), node->input(0), {}, {}};
  statistics.mean = SLUICE_TRY(constant(3));
  statistics.variance = SLUICE_TRY(constant(4));
  if (!statistics.mean.empty() && statistics.mean.size() == statistics.variance.size()) found = std::move(statistics);
  return found;
}

}  // namespace sluice::definition
