// SPDX-License-Identifier: Apache-2.0
// CodeRange: the codes that can occur on a map, both ends included.
#pragma once

#include <cstdlib>

namespace sluice {

struct CodeRange {
  int low = 0;
  int high = 0;
};

// Largest code of so many bits, sign included.
constexpr int limit_of(int bits) { return (1 << (bits - 1)) - 1; }

}  // namespace sluice
