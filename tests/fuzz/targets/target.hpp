// SPDX-License-Identifier: Apache-2.0
// What every fuzz target shares: the entry that libFuzzer calls, and how it tells right from wrong.
//
// Why: a target must fail where the product is wrong and nowhere else. What must hold for any bytes: a value, or an
// Error whose fault is the user's or the machine's. A "bug in sluice" is one, and whatever the sanitizers find.
//
// Each target is one source with LLVMFuzzerTestOneInput. Linked with libFuzzer (preset fuzz, ./run fuzz) it searches;
// linked with standalone.cpp, as in every other build, it replays its corpus and some thousands of its mutations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/status.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sluice::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Ends the process when the outcome says that sluice is wrong. Returns whether there is a value.
template <typename Outcome>
bool is_value(const Outcome& outcome) {
  if (outcome) return true;
  if (outcome.error().fault() != Fault::bug) return false;
  std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
  std::abort();
}

// Bytes under a path, for functions that read files; they lie in memory, as long as the object lives.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(handle_); }

 private:
  int handle_ = -1;
};

}  // namespace sluice::fuzz
