// SPDX-License-Identifier: Apache-2.0
// Finds and loads libsluice_video.so (see video_library.hpp).
#include "apps/camera/video_library.hpp"

#include <dlfcn.h>

#include <filesystem>

#include "runtime/base/errors.hpp"

namespace sluice::camera {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "libsluice_video.so";

Result<const VideoLibrary*> load() {
  if (sluice_video_library != nullptr) return sluice_video_library();
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (error) return world_error("/proc/self/exe cannot be read ({}), beside which {} stands", error.message(), kFile);
  // As it is built, and as it is installed.
  std::string trouble;
  for (const fs::path& file : {program / kFile, program.parent_path() / SLUICE_LIBRARY_FOLDER / kFile}) {
    if (!fs::exists(file, error)) continue;
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const function = library == nullptr ? nullptr : dlsym(library, "sluice_video_library");
    if (function != nullptr) return reinterpret_cast<decltype(&sluice_video_library)>(function)();
    trouble = dlerror();
  }
  return world_error(
      "{}, which reads cameras and videos, could not be loaded: {}", kFile,
      trouble.empty() ? "it is neither beside " + program.string() + "/sluice nor where it is installed" : trouble);
}

}  // namespace

Result<const VideoLibrary*> video_library() {
  static const Result<const VideoLibrary*> library = load();
  return library;
}

}  // namespace sluice::camera
