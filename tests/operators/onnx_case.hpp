// SPDX-License-Identifier: Apache-2.0
// One of ONNX's node cases: a folder with a model of one operator, its inputs and the expected outputs.
//
// Why apart: the importer and the definition are held against the same cases.
// Before: a folder of libonnx-testdata. After: messages as they lie, but for the element type of bfloat16.
#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::testing {

// Operators without a case here: younger than Debian 12's ONNX, or not ONNX's.
// tests/unit/compiler/validation/forms_test holds the two of us that know them against each other, tests/fuzz_models
// against ONNX Runtime (but for QONNX's Quant).
inline bool has_no_cases(const std::string& op) {
  return op == "Gelu" || op == "Mish" || op == "Swish" || op == "Quant";
}

inline std::vector<std::filesystem::path> onnx_cases() {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(SLUICE_ONNX_CASES)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

inline Result<onnx::ModelProto> read_model(const std::filesystem::path& folder) {
  const std::string bytes = SLUICE_TRY(read_file(folder / "model.onnx"));
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) return user_error("{}: does not parse", folder.string());
  return model;
}

// `kind` is "input" or "output"; `declared` is what the model says of it.
inline Result<onnx::TensorProto> read_case_tensor(const std::filesystem::path& folder, const std::string& kind,
                                                  int index, const onnx::ValueInfoProto& declared) {
  const std::string name = kind + "_" + std::to_string(index) + ".pb";
  const std::string bytes = SLUICE_TRY(read_file(folder / "test_data_set_0" / name));
  onnx::TensorProto proto;
  // Cases with sequences and optionals hold other messages, which do not parse or hold nothing.
  if (!proto.ParsePartialFromString(bytes) || proto.data_type() == 0) return user_error("{}: is no tensor", name);
  // NumPy has no bfloat16, so the cases hold its bits as uint16; the model says what they are.
  const bool is_bfloat16 = declared.type().tensor_type().elem_type() == onnx::TensorProto::BFLOAT16;
  if (is_bfloat16 && proto.data_type() == onnx::TensorProto::UINT16) proto.set_data_type(onnx::TensorProto::BFLOAT16);
  return proto;
}

}  // namespace sluice::testing
