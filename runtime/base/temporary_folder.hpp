// SPDX-License-Identifier: Apache-2.0
// TemporaryFolder: a folder for what other programs (compilers, interpreters) read and write; it is gone when the work
// is.
//
// Before: nothing. After: whatever way the work ends, short of the process's own end, nothing stays.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/status.hpp"

namespace sluice {

class TemporaryFolder {
 public:
  // A new one, of this user alone: `parent`/`name`-XXXXXX; without a parent where the system keeps temporary files.
  static Result<TemporaryFolder> create(const std::string& name, const std::filesystem::path& parent = {});

  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

  // Writes a file, creating folders in between. Nobody needs it after the work, so it is not flushed to the disk.
  Status put(const std::filesystem::path& relative, const std::string& text) const;

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace sluice
