// SPDX-License-Identifier: Apache-2.0
// clang's OpenCL front end over generated programs: the nearest thing to aoc that every machine has.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::test {

enum class Dialect { intel, pocl };

// Reads one OpenCL file with warnings as errors; includes are looked up in `root` (a bundle, or device/). Returns the
// front end's messages, empty when it accepts the file. `extra` goes on the command line as it is.
std::string front_end_complaints(const std::filesystem::path& file, const std::filesystem::path& root, Dialect dialect,
                                 const std::string& extra = "");

// The same for the program of a bundle, in every dialect.
std::string front_end_complaints(const std::filesystem::path& bundle);

}  // namespace sluice::test
