// SPDX-License-Identifier: Apache-2.0
// What the lists of devices share: a bundle whose rows differ, and a call of OpenCL that fails.
//
// Before: a network of the suite. After: three rows, each leaving out more than the one before; the bundle's files lie
// in `scratch`.
#pragma once

#include <functional>

#include "runtime/bundle/bundle.hpp"
#include "tests/support/failing_opencl.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {

// Sparse engines, so that rows do something.
Result<Bundle> bundle_with_rows(const IntegerNetwork& network, const test::Scratch& scratch);

// As Failure::provoke.
inline std::function<void()> fails(test::OpenClCall call, int good) {
  return [call, good] { test::fail_opencl_once(call, good); };
}

}  // namespace sluice
