// SPDX-License-Identifier: Apache-2.0
// How parameters of tests are printed: GoogleTest makes a test's name of it, and without a word from us it takes the
// value's bytes, addresses included, so that the name changes from build to build.
#pragma once

#include <ostream>

#include "runtime/bundle/kernel_kind.hpp"

namespace sluice {

inline void PrintTo(KernelKind kind, std::ostream* out) { *out << to_text(kind); }

}  // namespace sluice
