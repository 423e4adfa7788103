// SPDX-License-Identifier: Apache-2.0
// check_known_program: whether a bundle's OpenCL program is the one that this sluice would write for its design.
//
// Why: a bundle's text is compiled and run on this machine (devices pocl and threads, the vendor's emulator), with all
// rights of the user. Hashes in the manifest say that nothing changed since it was written, not who wrote it. The idea:
// everything in that text follows from the design. So it is generated again, from the kernel files that are part of
// this program, and each file's hash is compared. What is equal needs no trust; a bundle then carries only numbers.
//
// rebuilt_bundle: the same design with this program's kernels, for bundles of an older one.
//
// Before: an open bundle, or files whose hashes were checked. After: ok, or an error that names the files that differ.
#pragma once

#include "runtime/bundle/bundle.hpp"

namespace sluice {

Status check_known_program(const Bundle& bundle);

// Numbers, table, golden vectors and reports stay; versions, hashes and the program are this program's. The reference
// must compute the golden scores of the result, or the old kernels computed otherwise, which is an error.
Result<BundleFiles> rebuilt_bundle(const BundleFiles& old);

}  // namespace sluice
