// SPDX-License-Identifier: Apache-2.0
// mkdtemp() and its opposite (see temporary_folder.hpp).
#include "runtime/base/temporary_folder.hpp"

#include <stdlib.h>
#include <cerrno>
#include <fstream>
#include <utility>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::create(const std::string& name, const fs::path& parent) {
  std::error_code error;
  const fs::path above = parent.empty() ? fs::temp_directory_path(error) : parent;
  if (error) return world_error("TMPDIR: no folder for temporary files: {}", errno_text(error.value()));
  std::string pattern = (above / (name + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr)
    return world_error("mkdtemp in {} failed: {}", above.string(), errno_text(errno));
  return TemporaryFolder(pattern);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Status TemporaryFolder::put(const fs::path& relative, const std::string& text) const {
  std::error_code error;
  fs::create_directories((path_ / relative).parent_path(), error);
  std::ofstream file(path_ / relative, std::ios::binary);
  file << text;
  file.close();
  if (!file) return world_error("{}: writing failed: {}", (path_ / relative).string(), errno_text(errno));
  return ok();
}

}  // namespace sluice
