// SPDX-License-Identifier: Apache-2.0
// Files and folders with errors that say what happened. Nothing half-written stays.
//
// Why: a bundle that was cut short by a full disk must not look like a bundle. The idea is the usual one: write
// everything into a sibling folder with a temporary name, flush, and rename it into place as the last step. Whoever
// fails before that removes the temporary folder.
//
// Only regular files are read, up to a stated size: a FIFO would wait for ever, /dev/zero never ends, and a sparse file
// claims bytes that no machine holds.
//
// A folder that was being made by a process that was killed stays, under its temporary name. Its maker held a lock on
// it, which ends with the process; so the next one that makes the same target removes it.
//
// Every failure is Fault::user when the path given is wrong (absent, of the wrong kind, already there), and
// Fault::world when the system refused, with the call, errno's name and number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/status.hpp"

namespace sluice {

inline constexpr std::uint64_t kMostFileBytes = std::uint64_t{2} << 30;    // what protobuf takes, too
inline constexpr std::uint64_t kMostTextBytes = std::uint64_t{256} << 20;  // JSON, XML, lists, program text

// ok() for a regular file or a link to one; else what it is instead.
Status check_regular_file(const std::filesystem::path& path);

// Whole content of a regular file of at most so many bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most_bytes = kMostFileBytes);

// Writes, flushes and closes; on failure the file is removed, if it is a regular one.
Status write_file(const std::filesystem::path& path, std::string_view bytes);

// The same through a temporary sibling and rename, so that readers see the old content or the new, never a part. A
// link to a file is replaced, not followed. A device, a FIFO or a socket takes the bytes and stays what it is:
// /dev/null, /dev/stdout, a shell's >(command).
Status replace_file(const std::filesystem::path& path, std::string_view bytes);

// A folder that comes into being whole or not at all.
class NewFolder {
 public:
  // Refuses a target that exists. The temporary folder stands next to the target, on the same file system. What a
  // killed process left of the same target is removed.
  static Result<NewFolder> create(const std::filesystem::path& target);

  NewFolder(NewFolder&& other) noexcept;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder();  // removes the temporary folder unless commit() succeeded

  const std::filesystem::path& path() const { return temporary_; }
  // Writes `bytes` at the relative path, creating folders in between.
  Status add(const std::filesystem::path& relative, std::string_view bytes);
  // Renames the folder to its target. After success the folder belongs to the user.
  Status commit();

 private:
  NewFolder(std::filesystem::path target, std::filesystem::path temporary, int lock);
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int lock_ = -1;  // a handle of the temporary folder
};

// The same path from the root. Fails for an empty one, and where the working folder was removed.
Result<std::filesystem::path> absolute_path(const std::filesystem::path& path);

// errno as "No space left on device (ENOSPC, 28)".
std::string errno_text(int number);

}  // namespace sluice
