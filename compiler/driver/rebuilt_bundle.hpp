// SPDX-License-Identifier: Apache-2.0
// rebuilt_bundle: the same design with this program's kernels, for bundles of an older one or of a stranger.
//
// Why: a design is numbers, and outlives the kernels that it was planned with. Before: files whose hashes were checked.
// After: files of a bundle that this program would write itself, or an error; nothing was compiled or run.
#pragma once

#include "runtime/bundle/bundle.hpp"

namespace sluice {

// Numbers, table, golden vectors and reports stay; versions, hashes and the program are this program's. The reference
// must compute the golden scores of the result, or the old kernels computed otherwise, which is an error.
Result<BundleFiles> rebuilt_bundle(const BundleFiles& old);

}  // namespace sluice
