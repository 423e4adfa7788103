// SPDX-License-Identifier: Apache-2.0
// The program of a bundle on the vendor's platforms: a board's from a binary, the emulator's from the bundle's text or
// from a binary made of it.
//
// Why: a board must not run what another bundle was compiled to, nor what an earlier process left in it. The idea: the
// binary has an empty kernel whose name is made from the bundle's own text; a binary without it is refused. Creating
// the program programs the board anew, so its channels are empty and its kernels at their beginning; the one mode of
// the vendor's runtime that skips this is refused.
//
// Before: an open context. After: a program of this bundle, or a sentence.
#pragma once

#include <filesystem>

#include "runtime/bundle/bundle.hpp"
#include "runtime/drivers/opencl/context.hpp"

namespace sluice::fpga {

// `binary` empty: from the bundle's text, with streams of at least `minimum_depth` beats (0: as planned).
Result<cl::Program> program_of(const Bundle& bundle, const opencl::OpenClContext& context,
                               const std::filesystem::path& binary, int minimum_depth);

}  // namespace sluice::fpga
