// SPDX-License-Identifier: Apache-2.0
// The name that a bundle's OpenCL program bears, so that a binary can say which program it was made from.
//
// Why: a binary for a board takes hours to make and lies in a file of its own. Loaded with another bundle it would give
// wrong scores, or stop for ever. The idea: the program holds one empty kernel, named after a hash of the netlist's
// text and of all kernel text that it includes. A driver creates that kernel from the binary, or refuses the binary.
// Weights and rows are no part of the program, so a network that was trained again keeps its binary.
//
// Before: the paths of a bundle's files with their SHA-256. After: the same name for the same program.
#pragma once

#include <map>
#include <string>

namespace sluice {

// The file of the program that declares the kernel; it is no part of what is hashed.
inline constexpr const char* kIdentityFile = "identity.h";

// Whether a bundle's file is part of the program.
bool is_program_file(const std::string& path);

// Files that are not part of it change nothing. "sluice_id_" and 16 hexadecimal digits.
std::string identity_kernel(const std::map<std::string, std::string>& hashes);

}  // namespace sluice
