// SPDX-License-Identifier: Apache-2.0
// A program of a few lines that keeps every rule, in files where a test changes what it wants.
//
// The first file holds kernel `first`, which reads channel a and writes channel b; top.cl holds the ends. Words are
// those of device/lib, as in real kernels.
#pragma once

#include <cstdlib>
#include <map>
#include <string>

#include "compiler/language/rules.hpp"
#include "device/device_files.hpp"
#include "runtime/base/temporary_folder.hpp"

namespace sluice::test {

struct SmallProgram {
  // Kernel files are numbered from line 1.
  std::string helpers = "int plain(int x) { return x + 1; }\n";
  std::string first =
      "TASK(first) {\n"
      "  char kept[80][4];\n"
      "  int group = 0;\n"
      "  while (1) {\n"
      "    i8x4 beat = read_channel_intel(a);\n"
      "#pragma unroll\n"
      "    for (int lane = 0; lane < 4; ++lane) kept[group][lane] = beat.v[lane];\n"
      "    group = group == 79 ? 0 : group + 1;\n"
      "    write_channel_intel(b, beat);\n"
      "  }\n"
      "}\n";
  std::string channels = "STREAM(a, i8x4, 16)\nSTREAM(b, i8x4, 4)\n";
  std::string ends =
      "HOST_TASK(start, , __global const char* restrict from, uint count) {\n"
      "  for (uint i = 0; i < count; ++i) write_channel_intel(a, i8x4_of_word(1, (uint)from[i]));\n"
      "}\n"
      "HOST_TASK(finish, , __global uint* restrict to, uint count) {\n"
      "  for (uint i = 0; i < count; ++i) to[i] = i8x4_word(read_channel_intel(b));\n"
      "}\n";
  std::map<std::string, std::string> library = device_files();

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all = library;
    all["helpers.h"] = helpers;
    all["kernels/first.cl"] = first;
    all["kernels/ends.cl"] = ends;
    all["top.cl"] = "#include \"lib/stream.h\"\nBEAT_I8(i8x4, 4)\n" + channels +
                    "#include \"helpers.h\"\n#include \"kernels/first.cl\"\n#include \"kernels/ends.cl\"\n";
    return all;
  }

  Result<std::optional<language::Program>> read() const {
    const TemporaryFolder work = SLUICE_TRY(TemporaryFolder::create("sluice-language"));
    for (const auto& [path, text] : files()) SLUICE_CHECK(work.put(path, text));
    return language::read_program(work.path() / "top.cl", work.path());
  }

  // In `text`, which must hold `from` once.
  static void change(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) std::abort();
    text.replace(at, from.size(), to);
  }
};

}  // namespace sluice::test
