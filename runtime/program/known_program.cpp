// SPDX-License-Identifier: Apache-2.0
// Generates the program again and compares hashes (see known_program.hpp).
#include "runtime/program/known_program.hpp"

#include "device/device_files.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/bundle/program_identity.hpp"
#include "runtime/program/opencl_writer.hpp"

namespace sluice {
namespace {

constexpr std::size_t kNamed = 3;  // files that a message names

}  // namespace

bool is_written_from_design(const std::string& file) { return is_program_file(file) || file == kIdentityFile; }

BundleFiles program_files(const Design& design) {
  BundleFiles files;
  write_opencl(design, device_files(), files);
  return files;
}

Status check_known_program(const Bundle& bundle) {
  const BundleFiles ours = program_files(bundle.design());
  std::vector<std::string> others;
  for (const auto& [name, text] : ours) {
    const auto found = bundle.hashes().find(name);
    if (found == bundle.hashes().end() || found->second != sha256_hex(text)) others.push_back(name);
  }
  for (const auto& [name, hash] : bundle.hashes()) {
    if (is_written_from_design(name) && ours.count(name) == 0) others.push_back(name);
  }
  if (others.empty()) return ok();
  std::string named;
  for (std::size_t i = 0; i < std::min(kNamed, others.size()); ++i) named += (i == 0 ? "" : ", ") + others[i];
  if (others.size() > kNamed) named += fmt::format(" and {} more", others.size() - kNamed);
  return user_error(
      "{0}: {1}: not what this sluice writes for the design. Kernels are programs that would run here with all your "
      "rights. `sluice rebuild-kernels {0}` puts this program's kernels in their place; --trust-kernels runs those of "
      "the bundle, if you trust whoever made it",
      bundle.folder().string(), named);
}

}  // namespace sluice
