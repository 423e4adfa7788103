// SPDX-License-Identifier: Apache-2.0
// check_known_program: whether a bundle's OpenCL program is the one that this library would write for its design.
//
// Why: a bundle's text is compiled and run on this machine (devices pocl and threads, the vendor's emulator), with all
// rights of the user. Hashes in the manifest say that nothing changed since it was written, not who wrote it. The idea:
// everything in that text follows from the design. So it is generated again, from the kernel files that are part of
// this library, and each file's hash is compared. What is equal needs no trust; a bundle then carries only numbers.
// Every driver that compiles asks here first, so a program that embeds the runtime is as safe as the command.
//
// Before: an open bundle. After: ok, or Fault::user with the files that differ.
#pragma once

#include "runtime/bundle/bundle.hpp"

namespace sluice {

// Is a file of a bundle written from its design?
bool is_written_from_design(const std::string& file);

// All files that are.
BundleFiles program_files(const Design& design);

Status check_known_program(const Bundle& bundle);

}  // namespace sluice
