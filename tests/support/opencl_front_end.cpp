// SPDX-License-Identifier: Apache-2.0
// Runs clang's OpenCL front end (see opencl_front_end.hpp).
#include "tests/support/opencl_front_end.hpp"

#include <array>
#include <cstdio>

#include <sys/wait.h>

#include <fmt/format.h>

namespace sluice::test {

std::string front_end_complaints(const std::filesystem::path& file, const std::filesystem::path& root, Dialect dialect,
                                 const std::string& extra) {
  const char* define =
      dialect == Dialect::intel ? "-DSLUICE_DIALECT_INTEL -DSLUICE_SYNTAX_ONLY" : "-DSLUICE_DIALECT_POCL";
  // A beat type brings all its helpers, whichever of them a program uses.
  const std::string command = fmt::format(
      "'{}' -x cl -cl-std=CL2.0 -Xclang -finclude-default-header -fsyntax-only -Wall -Wno-unknown-attributes "
      "-Wno-unused-function "
      "-Werror {} -I'{}' {} '{}' 2>&1",
      SLUICE_CLANG, define, root.string(), extra, file.string());
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return "popen failed: " + command;
  std::string text;
  std::array<char, 4096> part;
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), got);
  const int state = ::pclose(pipe);
  const bool is_accepted = WIFEXITED(state) && WEXITSTATUS(state) == 0;
  if (is_accepted) return "";
  return fmt::format("{}\n{}", command, text);
}

std::string front_end_complaints(const std::filesystem::path& bundle) {
  return front_end_complaints(bundle / "top.cl", bundle, Dialect::intel) +
         front_end_complaints(bundle / "top.cl", bundle, Dialect::pocl);
}

}  // namespace sluice::test
