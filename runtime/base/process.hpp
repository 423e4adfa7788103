// SPDX-License-Identifier: Apache-2.0
// Runs a program of the machine without a shell, and returns what it printed.
//
// Before: words[0] is a file name or is looked up in PATH. After: the program has ended; its output and messages are in
// `text`, in the order they came.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

struct ProcessEnd {
  int started = 0;    // 0, or the errno of posix_spawnp: the program was not found or not allowed
  int exit_code = 0;  // of a program that started; 128 + signal when it was killed
  std::string text;
};

// `scratch_file` receives the output meanwhile. Fault::world when the machine refuses anything but the program itself.
Result<ProcessEnd> run_process(const std::vector<std::string>& words, const std::filesystem::path& scratch_file);

}  // namespace sluice
