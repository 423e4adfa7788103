// SPDX-License-Identifier: Apache-2.0
// The operators that stand under device/kernels, found by looking: a new folder is tested without being named.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace sluice::test {

inline std::filesystem::path device_folder() { return std::filesystem::path(SLUICE_SOURCE_DIR) / "device"; }

inline std::vector<std::string> operators() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(device_folder() / "kernels"))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

inline std::filesystem::path kernel_file(const std::string& op) {
  return device_folder() / "kernels" / op / (op + ".cl");
}
inline std::filesystem::path signature_file(const std::string& op) {
  return device_folder() / "kernels" / op / (op + "_params.h");
}

}  // namespace sluice::test
