// SPDX-License-Identifier: Apache-2.0
// The hash of program_identity.hpp.
#include "runtime/bundle/program_identity.hpp"

#include "runtime/base/sha256.hpp"

namespace sluice {

bool is_program_file(const std::string& path) {
  for (const char* folder : {"params/", "kernels/", "lib/", "contract/"}) {
    if (path.rfind(folder, 0) == 0) return true;
  }
  return path == "top.cl";
}

std::string identity_kernel(const std::map<std::string, std::string>& hashes) {
  constexpr std::size_t kDigits = 16;
  std::string program;
  for (const auto& [path, hash] : hashes) {
    if (is_program_file(path)) program += path + " " + hash + "\n";
  }
  return "sluice_id_" + sha256_hex(program).substr(0, kDigits);
}

}  // namespace sluice
