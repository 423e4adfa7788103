// SPDX-License-Identifier: Apache-2.0
// prepare_cache_folder: a folder in which PoCL can keep what it compiles.
//
// Why: PoCL writes every compiled kernel to a folder before it runs it. Where it cannot (a service account without a
// home, a container with a read-only one), it says that there is no device. Without a home it takes a folder in /tmp
// that another user may have made; whoever may write there may make this process run anything.
//
// The idea: the folder that PoCL is going to take is tried first, by the rules of its manual (POCL_CACHE_DIR,
// XDG_CACHE_HOME, HOME). A POCL_CACHE_DIR that cannot be used is an error. If another one cannot be used, or is not
// this user's alone, a new private folder under TMPDIR is named in POCL_CACHE_DIR, and removed when the process ends.
//
// Before: PoCL has not been asked for devices; it looks at these variables only once. After: PoCL will use a folder
// that exists, is writable and has room, or an error says which variable names one.
#pragma once

#include <filesystem>

#include "runtime/base/status.hpp"

namespace sluice::pocl {

// What PoCL compiles of a bundle of 31 kernels is 1.2 MB; the largest networks take some ten times as much.
inline constexpr std::uintmax_t kLeastFreeBytes = std::uintmax_t{16} << 20;

// The folder that is used. Calls after the first return the same one, tried again.
Result<std::filesystem::path> prepare_cache_folder();

// Whether something can be written there: the folder (made when it is absent), a file in it, and room for more.
Status check_cache_folder(const std::filesystem::path& folder);

}  // namespace sluice::pocl
