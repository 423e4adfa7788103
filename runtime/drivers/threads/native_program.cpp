// SPDX-License-Identifier: Apache-2.0
// Finds a compiler, compiles or finds the result of an earlier time, loads.
#include "runtime/drivers/threads/native_program.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "device/device_files.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/base/temporary_folder.hpp"

namespace sluice::threads {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKept = 100;           // compiled programs that stay in the cache
constexpr std::size_t kMostMessages = 4000;  // bytes of a compiler's messages that are shown

// C++17: its <atomic> is quick to read. Kernel files count on signed char, as OpenCL C has it. -O1: a program is
// compiled in half the time of -O3, and images, of which this device sees few, take a third longer.
const std::vector<std::string> kFlags{"-x",    "c++",     "-std=c++17", "-O1",           "-march=native",
                                      "-fPIC", "-shared", "-w",         "-fsigned-char", "-fno-strict-aliasing"};

std::vector<std::string> sanitizer_flags() {
#if defined(__SANITIZE_THREAD__)
  return {"-fsanitize=thread", "-g"};
#elif defined(__SANITIZE_ADDRESS__)
  return {"-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g"};
#else
  return {};
#endif
}

// Whoever may write there may make this process run anything, so the folder must be the user's alone.
Result<fs::path> own_folder(const fs::path& wish) {
  fs::path folder = wish;
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (folder.empty() && cache != nullptr && *cache == '/') folder = fs::path(cache) / "sluice" / "threads";
  if (folder.empty() && home != nullptr && *home == '/' && access(home, W_OK) == 0)
    folder = fs::path(home) / ".cache" / "sluice" / "threads";
  std::error_code error;
  if (folder.empty()) folder = fs::temp_directory_path(error) / fmt::format("sluice-threads-{}", geteuid());
  if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
  if (error)
    return world_error("{}: creating the folder for compiled kernels failed: {}", folder.string(),
                       errno_text(error.value()));
  struct stat state {};
  if (stat(folder.c_str(), &state) != 0) return world_error("stat({}) failed: {}", folder.string(), errno_text(errno));
  if (state.st_uid != geteuid() || (state.st_mode & 022) != 0) {
    return user_error(
        "{}: compiled kernels are kept here, but others can write to it; remove it or set XDG_CACHE_HOME to a folder "
        "of your own",
        folder.string());
  }
  return folder;
}

struct Compiler {
  std::string command;
  std::string version;
};

Result<Compiler> find_compiler(const std::string& wish, const TemporaryFolder& work) {
  std::vector<std::string> candidates{"g++", "clang++"};
  const char* from_environment = std::getenv("CXX");
  if (from_environment != nullptr && *from_environment != 0) candidates = {from_environment};
  if (!wish.empty()) candidates = {wish};
  std::string tried;
  for (const std::string& command : candidates) {
    const ProcessEnd end = SLUICE_TRY(run_process({command, "--version"}, work.path() / "version"));
    if (end.started == 0 && end.exit_code == 0) return Compiler{command, end.text.substr(0, end.text.find('\n'))};
    tried += fmt::format("{}{}: {}", tried.empty() ? "" : "; ", command,
                         end.started != 0 ? "posix_spawnp failed, " + errno_text(end.started)
                                          : fmt::format("--version ended with {}", end.exit_code));
  }
  return world_error(
      "no C++ compiler for the bundle's kernels ({}); install one (Debian: apt install g++) or name it in the "
      "environment variable CXX, or use another device",
      tried);
}

// What -march=native depends on.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string all;
  for (std::string line; std::getline(file, line) && !line.empty();) {
    if (line.rfind("model name", 0) == 0 || line.rfind("flags", 0) == 0 || line.rfind("Features", 0) == 0)
      all += line + "\n";
  }
  return all;
}

// Keeps a copy of a fresh object under its key. That the next start must compile again is no reason to fail this one.
void keep(const fs::path& object, const fs::path& kept) {
  std::error_code error;
  const fs::path temporary = object.string() + ".kept";
  if (fs::copy_file(object, temporary, error)) fs::rename(temporary, kept, error);
  std::vector<std::pair<fs::file_time_type, fs::path>> all;
  for (fs::directory_iterator entry(kept.parent_path(), error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->path().extension() == ".so") all.emplace_back(entry->last_write_time(error), entry->path());
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i + kKept < all.size(); ++i) fs::remove(all[i].second, error);
}

Status compile(const std::string& text, const std::vector<std::string>& command, const TemporaryFolder& work) {
  SLUICE_CHECK(write_file(work.path() / "kernels.cpp", text));
  const ProcessEnd end = SLUICE_TRY(run_process(command, work.path() / "messages"));
  if (end.started != 0) return world_error("posix_spawnp({}) failed: {}", command[0], errno_text(end.started));
  if (end.exit_code != 0) {
    return world_error("the bundle's kernels do not compile as threads ({} ended with {}):\n{}",
                       fmt::join(command, " "), end.exit_code, end.text.substr(0, kMostMessages));
  }
  return ok();
}

}  // namespace

Result<NativeProgram> NativeProgram::load(const std::string& program_text, const CompileOptions& options) {
  const fs::path folder = SLUICE_TRY(own_folder(options.cache_folder));
  const TemporaryFolder work = SLUICE_TRY(TemporaryFolder::create("work", folder));
  const Compiler compiler = SLUICE_TRY(find_compiler(options.compiler, work));
  std::string text;
  for (const char* file : {"threads/queue.hpp", "threads/words.hpp"})
    text += fmt::format("#line 1 \"{}\"\n{}", file, threads_files().at(file));
  text += "#define SLUICE_DIALECT_INTEL\n" + program_text;

  std::vector<std::string> command{compiler.command};
  for (const auto& flags : {kFlags, sanitizer_flags(), options.flags})
    command.insert(command.end(), flags.begin(), flags.end());
  const std::string key =
      sha256_hex(fmt::format("{}\n{}\n{}\n{}", fmt::join(command, " "), compiler.version, processor(), text));

  const fs::path object = work.path() / "kernels.so", kept = folder / (key + ".so");
  std::error_code error;
  const bool was_cached = fs::copy_file(kept, object, error);
  if (!was_cached) {
    command.insert(command.end(), {"-o", object.string(), (work.path() / "kernels.cpp").string()});
    SLUICE_CHECK(compile(text, command, work));
    keep(object, kept);
  }
  void* handle = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    fs::remove(kept, error);
    return world_error("dlopen of the compiled kernels failed: {}", dlerror());
  }
  return NativeProgram(handle, compiler.version, was_cached);
}

NativeProgram::NativeProgram(NativeProgram&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      compiler_(std::move(other.compiler_)),
      was_cached_(other.was_cached_) {}

NativeProgram::~NativeProgram() {
  if (handle_ != nullptr) dlclose(handle_);
}

ChannelTable& NativeProgram::table() const {
  return *static_cast<ChannelTable*>(dlsym(handle_, "sluice_channel_table"));
}

Result<void*> NativeProgram::symbol(const std::string& name) const {
  void* address = dlsym(handle_, name.c_str());
  if (address == nullptr) return bug_error(fmt::format("the compiled program has no kernel {}", name));
  return address;
}

}  // namespace sluice::threads
