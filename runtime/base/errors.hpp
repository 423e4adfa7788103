// SPDX-License-Identifier: Apache-2.0
// How an Error is made: user_error, world_error and bug_error, whose sentences are formatted by fmt.
//
// Why not in status.hpp: that header is public, and a program that only reads a failure needs no fmt for it. Sources
// that can fail include this one.
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

// The same checks guard files that users hand in and what Sluice has made itself. Of the latter a failure is our bug,
// whoever the check would blame: SLUICE_CHECK(own_work(netlist.validate(network), "the netlist built")).
inline Status own_work(Status check, const std::string& what, const char* file = __builtin_FILE(),
                       int line = __builtin_LINE()) {
  if (check || check.error().fault() == Fault::bug) return check;
  return bug_error(what + " is not valid: " + check.error().text(), file, line);
}

}  // namespace sluice
