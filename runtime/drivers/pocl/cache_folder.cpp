// SPDX-License-Identifier: Apache-2.0
// Tries folders by making them and writing a file (see cache_folder.hpp).
#include "runtime/drivers/pocl/cache_folder.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::pocl {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "POCL_CACHE_DIR";
constexpr const char* kAdvice = "set POCL_CACHE_DIR to a folder that this user may write to";

// Where PoCL goes when no variable names a folder; empty: to one that all users share.
fs::path usual_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != 0)
    return fs::path(cache) / "pocl/kcache";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != 0)
    return fs::path(home) / ".cache/pocl/kcache";
  return {};
}

// Whoever may write there may make this process run anything.
bool is_only_ours(const fs::path& folder) {
  struct stat state {};
  return stat(folder.c_str(), &state) == 0 && state.st_uid == geteuid() && (state.st_mode & S_IWOTH) == 0;
}

// A folder of this process alone.
class PrivateFolder {
 public:
  ~PrivateFolder() {
    std::error_code ignored;
    if (process_ == getpid()) fs::remove_all(path_, ignored);
  }

  Status make() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    if (error) return world_error("TMPDIR: no folder for temporary files: {}; {}", errno_text(error.value()), kAdvice);
    std::string pattern = (parent / "sluice-pocl-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      return world_error("mkdtemp in {} failed: {}; {}", parent.string(), errno_text(errno), kAdvice);
    path_ = pattern;
    process_ = getpid();
    return check_cache_folder(path_);
  }

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  pid_t process_ = 0;
};

}  // namespace

Status check_cache_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return world_error("{}: making the folder for PoCL's compiled kernels failed: {}; {}", folder.string(),
                       errno_text(error.value()), kAdvice);
  std::string probe = (folder / "sluice-XXXXXX").string();
  const int handle = mkstemp(probe.data());
  if (handle < 0)
    return world_error("{}: PoCL keeps compiled kernels here, and no file can be made: {}; {}", folder.string(),
                       errno_text(errno), kAdvice);
  unlink(probe.c_str());
  struct statvfs room {};
  const bool is_known = fstatvfs(handle, &room) == 0 && room.f_blocks > 0;
  close(handle);
  const std::uintmax_t free_bytes = std::uintmax_t{room.f_bavail} * room.f_frsize;
  if (is_known && free_bytes < kLeastFreeBytes)
    return world_error("{}: PoCL keeps compiled kernels here, and the disk is full: {} KiB are free, {} are needed; {}",
                       folder.string(), free_bytes >> 10, kLeastFreeBytes >> 10, kAdvice);
  return ok();
}

Result<fs::path> prepare_cache_folder() {
  static std::mutex mutex;
  static PrivateFolder own;
  const std::lock_guard lock(mutex);
  if (const char* named = std::getenv(kVariable)) {
    Status status = check_cache_folder(named);
    if (!status) return std::move(status).error().in(kVariable);
    return fs::path(named);
  }
  if (const fs::path usual = usual_folder(); !usual.empty() && check_cache_folder(usual) && is_only_ours(usual))
    return usual;
  SLUICE_CHECK(own.make());
  setenv(kVariable, own.path().c_str(), 1);
  return own.path();
}

}  // namespace sluice::pocl
