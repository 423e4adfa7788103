// SPDX-License-Identifier: Apache-2.0
// Implementation of file.hpp over POSIX calls: the C++ streams lose errno, and the number is half of the message.
#include "runtime/base/file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace fs = std::filesystem;

std::string errno_text(int number) {
  const char* name = strerrorname_np(number);
  return fmt::format("{} ({}, {})", strerror(number), name ? name : "unnamed", number);
}

namespace {

// A wrong name is the user's fault, a refusal the machine's.
Error failed_call(const fs::path& path, const char* call, int number) {
  if (number == ENOENT || number == ENOTDIR) return user_error("{}: no such file", path.string());
  if (number == ELOOP || number == ENAMETOOLONG) return user_error("{}: {}", path.string(), errno_text(number));
  return world_error("{}: {} failed: {}", path.string(), call, errno_text(number));
}

Status check_kind(const fs::path& path, const struct stat& info) {
  const char* kind = S_ISREG(info.st_mode)    ? nullptr
                     : S_ISDIR(info.st_mode)  ? "folder"
                     : S_ISFIFO(info.st_mode) ? "FIFO"
                     : S_ISSOCK(info.st_mode) ? "socket"
                                              : "device";
  if (kind == nullptr) return ok();
  return user_error("{}: is a {}, a file is needed", path.string(), kind);
}

// From an open file, whose size may be unknown (/proc) or change.
Result<std::string> read_open(int handle, const fs::path& path, std::uint64_t most_bytes) {
  struct stat info {};
  if (::fstat(handle, &info) != 0) return world_error("{}: fstat failed: {}", path.string(), errno_text(errno));
  SLUICE_CHECK(check_kind(path, info));
  const auto is_too_large = [&](std::uint64_t size) {
    return user_error("{}: {} bytes are too many for a file of this kind; at most {} are read", path.string(), size,
                      most_bytes);
  };
  const auto stated = static_cast<std::uint64_t>(info.st_size);
  if (stated > most_bytes) return is_too_large(stated);
  std::string bytes(stated, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) bytes.resize(bytes.size() + 65536);
    const ssize_t got = ::read(handle, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return world_error("{}: read failed: {}", path.string(), errno_text(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > most_bytes) return is_too_large(filled);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

Status check_regular_file(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return failed_call(path, "stat", errno);
  return check_kind(path, info);
}

Result<std::string> read_file(const fs::path& path, std::uint64_t most_bytes) {
  // Asked before it is opened, which moves some devices, and again after it, in case the name was given to another.
  SLUICE_CHECK(check_regular_file(path));
  const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (handle < 0) return failed_call(path, "open", errno);
  try {
    Result<std::string> bytes = read_open(handle, path, most_bytes);
    ::close(handle);
    return bytes;
  } catch (...) {
    ::close(handle);
    throw;
  }
}

namespace {

// How a file for writing is opened; errors call it by the name that the user knows.
Status write_opened(const fs::path& path, const fs::path& named, int flags, std::string_view bytes) {
  const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags, 0644);
  if (handle < 0) {
    const int number = errno;
    const bool is_bad_name =
        number == ELOOP || number == ENAMETOOLONG || number == ENOENT || number == ENOTDIR || number == EISDIR;
    return Error(is_bad_name ? Fault::user : Fault::world,
                 fmt::format("{}: open for writing failed: {}", named.string(), errno_text(number)));
  }
  struct stat info {};
  const bool is_file = ::fstat(handle, &info) == 0 && S_ISREG(info.st_mode);
  const auto failed = [&](const char* call, int number) -> Status {
    if (is_file) ::unlink(path.c_str());
    return world_error("{}: {} failed: {}{}", named.string(), call, errno_text(number),
                       is_file ? "; the file was removed" : "");
  };
  while (!bytes.empty()) {
    const ssize_t put = ::write(handle, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int number = errno;
      ::close(handle);
      return failed("write", number);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  // A file system may report a full disk only here. Pipes and devices have none.
  if (::fsync(handle) != 0 && errno != EINVAL && errno != EROFS) {
    const int number = errno;
    ::close(handle);
    return failed("fsync", number);
  }
  if (::close(handle) != 0) return failed("close", errno);
  return ok();
}

}  // namespace

Status write_file(const fs::path& path, std::string_view bytes) { return write_opened(path, path, O_TRUNC, bytes); }

Status replace_file(const fs::path& path, std::string_view bytes) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode)) return check_kind(path, info);
    return write_opened(path, path, 0, bytes);
  }
  fs::path temporary = path;
  temporary += fmt::format(".{}.partial", ::getpid());
  // What is there is of a process that was killed and had this number, or somebody's link to another file.
  ::unlink(temporary.c_str());
  SLUICE_CHECK(write_opened(temporary, path, O_EXCL, bytes));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return world_error("{}: rename failed: {}; the old file is unchanged", path.string(), errno_text(number));
  }
  return ok();
}

namespace {

constexpr std::string_view kPartial = ".sluice-partial";

// Locks a folder for as long as this process lives; -1 where another one holds it, or it is none.
int locked(const fs::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (handle < 0 || ::flock(handle, LOCK_EX | LOCK_NB) == 0) return handle;
  ::close(handle);
  return -1;
}

// Removes "NAME.PROCESS.sluice-partial" of processes that ended before they could.
void remove_left_over(const fs::path& target) {
  const std::string start = target.filename().string() + ".";
  std::error_code error;
  for (fs::directory_iterator entry(target.parent_path(), error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(start) || !name.ends_with(kPartial) || name.size() <= start.size() + kPartial.size())
      continue;
    const std::string process = name.substr(start.size(), name.size() - start.size() - kPartial.size());
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    const int lock = locked(entry->path());
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
    ::close(lock);
  }
}

}  // namespace

Result<fs::path> absolute_path(const fs::path& path) {
  if (path.empty()) return user_error("a path is empty");
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error)
    return user_error("{}: the folder that the command was started in is not there any more ({}); start it in another",
                      path.string(), errno_text(error.value()));
  return absolute.lexically_normal();
}

NewFolder::NewFolder(fs::path target, fs::path temporary, int lock)
    : target_(std::move(target)), temporary_(std::move(temporary)), lock_(lock) {}

NewFolder::NewFolder(NewFolder&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

Result<NewFolder> NewFolder::create(const fs::path& target) {
  if (target.empty()) return user_error("the name of the output folder is empty");
  const fs::path absolute = SLUICE_TRY(absolute_path(target));
  const fs::path clean = absolute.has_filename() ? absolute : absolute.parent_path();
  std::error_code error;
  if (fs::exists(fs::symlink_status(clean, error))) {
    return user_error("{}: exists already; remove it or choose another output folder", target.string());
  }
  if (!fs::is_directory(clean.parent_path(), error)) {
    return user_error("{}: no such folder to write into", clean.parent_path().string());
  }
  remove_left_over(clean);
  fs::path temporary = clean;
  temporary += fmt::format(".{}{}", ::getpid(), kPartial);
  if (::mkdir(temporary.c_str(), 0755) != 0) {
    if (errno == ENAMETOOLONG) return user_error("{}: the name is too long; choose a shorter one", target.string());
    return world_error("{}: mkdir failed: {}", temporary.string(), errno_text(errno));
  }
  return NewFolder(clean, temporary, locked(temporary));
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
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) {
      return user_error("{}: was made by somebody else meanwhile; remove it or choose another output folder",
                        target_.string());
    }
    return world_error("{}: rename failed: {}; nothing was left behind", target_.string(), errno_text(errno));
  }
  temporary_.clear();
  return ok();
}

}  // namespace sluice
