// SPDX-License-Identifier: Apache-2.0
// NativeProgram: a bundle's program (dialect intel) compiled by the machine's C++ compiler and loaded into this
// process.
//
// Why: see device/threads/words.hpp. The idea: words and program become one C++ file, which an ordinary compiler makes
// a shared object. Compiling takes seconds, so the object is kept in a folder of the user under the hash of all that it
// was made of: text, compiler's version, options, processor. Each device loads a copy of its own, because the dynamic
// loader would give two devices of one file the same channels.
//
// When this program runs under a sanitizer, so do the kernels: the same options are handed to their compiler.
//
// Before: the text of program_text(). After load(): table() holds every channel, symbol() every kernel by its name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "device/threads/queue.hpp"
#include "runtime/base/status.hpp"

namespace sluice::threads {

struct CompileOptions {
  std::string compiler;  // empty: $CXX, else the first of g++ and clang++ that is there
  std::filesystem::path
      cache_folder;  // empty: sluice/threads under $XDG_CACHE_HOME or ~/.cache, else under the temporary folder
  std::vector<std::string> flags;  // besides the driver's own
};

class NativeProgram {
 public:
  // Fault::world when there is no compiler (the text says what to install) or it does not accept the text.
  static Result<NativeProgram> load(const std::string& program_text, const CompileOptions& options);

  NativeProgram(NativeProgram&& other) noexcept;
  NativeProgram& operator=(NativeProgram&&) = delete;
  ~NativeProgram();

  ChannelTable& table() const;
  // Address of a kernel; bug when the program has none of that name.
  Result<void*> symbol(const std::string& name) const;
  const std::string& compiler() const { return compiler_; }  // first line of what it says of itself
  bool was_cached() const { return was_cached_; }

 private:
  NativeProgram(void* handle, std::string compiler, bool was_cached)
      : handle_(handle), compiler_(std::move(compiler)), was_cached_(was_cached) {}

  void* handle_;
  std::string compiler_;
  bool was_cached_;
};

}  // namespace sluice::threads
