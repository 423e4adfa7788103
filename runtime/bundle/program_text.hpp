// SPDX-License-Identifier: Apache-2.0
// The OpenCL program of a bundle as one text.
//
// Why: two drivers compile it. Giving the compiler an include path would let it read files after their hashes were
// checked, and PoCL splits its options at blanks, so a bundle in "My Models" would not build. The idea: every `#include
// "x"` whose file is part of the bundle is replaced by the file's verified content; guarded headers only once. An
// include in any other form could name any file of the machine, whose lines a compiler's messages would show; it is
// refused, but for <stdint.h>.
//
// Before: an open bundle. After: a text without includes; #line directives keep the compiler's messages readable.
#pragma once

#include <string>

#include "runtime/base/status.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

Result<std::string> program_text(const Bundle& bundle);

}  // namespace sluice
