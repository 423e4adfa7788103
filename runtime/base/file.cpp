// SPDX-License-Identifier: Apache-2.0
// Implementation of file.hpp over POSIX calls: the C++ streams lose errno, and the number is half of the message.
#include "runtime/base/file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace fs = std::filesystem;

std::string errno_text(int number) {
  const char* name = strerrorname_np(number);
  return fmt::format("{} ({}, {})", strerror(number), name ? name : "unnamed", number);
}

Result<std::string> read_file(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return user_error("{}: no such file", path.string());
    return world_error("{}: stat failed: {}", path.string(), errno_text(errno));
  }
  if (S_ISDIR(info.st_mode)) return user_error("{}: is a folder, a file is needed", path.string());
  const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) return world_error("{}: open failed: {}", path.string(), errno_text(errno));
  std::string bytes(S_ISREG(info.st_mode) ? static_cast<std::size_t>(info.st_size) : 0, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) bytes.resize(bytes.size() + 65536);
    const ssize_t got = ::read(handle, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int number = errno;
      ::close(handle);
      return world_error("{}: read failed: {}", path.string(), errno_text(number));
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  ::close(handle);
  bytes.resize(filled);
  return bytes;
}

Status write_file(const fs::path& path, std::string_view bytes) {
  const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (handle < 0) return world_error("{}: open for writing failed: {}", path.string(), errno_text(errno));
  const auto fail = [&](const char* call) -> Status {
    const int number = errno;
    ::close(handle);
    ::unlink(path.c_str());
    return world_error("{}: {} failed: {}; the file was removed", path.string(), call, errno_text(number));
  };
  while (!bytes.empty()) {
    const ssize_t put = ::write(handle, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  // A file system may report a full disk only here.
  if (::fsync(handle) != 0 && errno != EINVAL && errno != EROFS) return fail("fsync");
  if (::close(handle) != 0) {
    const int number = errno;
    ::unlink(path.c_str());
    return world_error("{}: close failed: {}; the file was removed", path.string(), errno_text(number));
  }
  return ok();
}

Status replace_file(const fs::path& path, std::string_view bytes) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.partial", ::getpid());
  SLUICE_CHECK(write_file(temporary, bytes));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return world_error("{}: rename failed: {}; the old file is unchanged", path.string(), errno_text(number));
  }
  return ok();
}

NewFolder::NewFolder(fs::path target, fs::path temporary)
    : target_(std::move(target)), temporary_(std::move(temporary)) {}

NewFolder::NewFolder(NewFolder&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})) {}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

Result<NewFolder> NewFolder::create(const fs::path& target) {
  const fs::path absolute = fs::absolute(target).lexically_normal();
  const fs::path clean = absolute.has_filename() ? absolute : absolute.parent_path();
  std::error_code error;
  if (fs::exists(fs::symlink_status(clean, error))) {
    return user_error("{}: exists already; remove it or choose another output folder", target.string());
  }
  if (!fs::is_directory(clean.parent_path(), error)) {
    return user_error("{}: no such folder to write into", clean.parent_path().string());
  }
  fs::path temporary = clean;
  temporary += fmt::format(".{}.partial", ::getpid());
  if (::mkdir(temporary.c_str(), 0755) != 0) {
    return world_error("{}: mkdir failed: {}", temporary.string(), errno_text(errno));
  }
  return NewFolder(clean, temporary);
}

Status NewFolder::add(const fs::path& relative, std::string_view bytes) {
  const fs::path path = temporary_ / relative;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return world_error("{}: mkdir failed: {}", path.parent_path().string(), errno_text(error.value()));
  return write_file(path, bytes);
}

Status NewFolder::commit() {
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return world_error("{}: rename failed: {}; nothing was left behind", target_.string(), errno_text(errno));
  }
  temporary_.clear();
  return ok();
}

}  // namespace sluice
