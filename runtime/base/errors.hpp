// SPDX-License-Identifier: Apache-2.0
// How an Error is made: user_error, world_error and bug_error, whose sentences are formatted by fmt.
//
// Why not in status.hpp: that header is public, and a program that only reads a failure needs no fmt for it. Sources that
// can fail include this one.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

#include "runtime/base/status.hpp"

namespace sluice {

template <typename... Args>
Error user_error(fmt::format_string<Args...> pattern, Args&&... args) {
  return Error(Fault::user, fmt::format(pattern, std::forward<Args>(args)...));
}

template <typename... Args>
Error world_error(fmt::format_string<Args...> pattern, Args&&... args) {
  return Error(Fault::world, fmt::format(pattern, std::forward<Args>(args)...));
}

// (The builtins, because clang 14 does not find std::source_location in the C++ library of GCC 12.)
inline Error bug_error(const std::string& what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return Error(Fault::bug, fmt::format("this is a bug in sluice ({}:{}): {}", file, line, what));
}

}  // namespace sluice
