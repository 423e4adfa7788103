// SPDX-License-Identifier: Apache-2.0
// A folder for what clang reads and writes; it is gone when the work is.
#pragma once

#include <stdlib.h>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::language {

class WorkFolder {
 public:
  static Result<WorkFolder> create() {
    std::error_code error;
    std::string pattern = (std::filesystem::temp_directory_path(error) / "sluice-language-XXXXXX").string();
    if (error || mkdtemp(pattern.data()) == nullptr)
      return world_error("mkdtemp {} failed: {}", pattern, errno_text(error ? error.value() : errno));
    return WorkFolder(pattern);
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

  // A file that nobody needs after the work, so it is not flushed to the disk.
  Status put(const std::filesystem::path& relative, const std::string& text) const {
    std::error_code error;
    std::filesystem::create_directories((path_ / relative).parent_path(), error);
    std::ofstream file(path_ / relative, std::ios::binary);
    file << text;
    file.close();
    if (!file) return world_error("{}: writing failed: {}", (path_ / relative).string(), errno_text(errno));
    return ok();
  }

 private:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace sluice::language
