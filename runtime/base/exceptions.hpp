// SPDX-License-Identifier: Apache-2.0
// caught_error: what an exception means to the three people an Error can speak to.
//
// Why: Sluice's own functions return errors, but the C++ library and others throw, also on threads where an exception
// that nobody catches ends the program without a sentence. One place decides whose fault each kind is:
//   world  memory that ran out, failures that the operating system numbered (std::system_error, files included), and a
//          plain std::runtime_error, which oneTBB throws where the system gives it no thread
//   bug    everything else: whatever a user or a machine can cause should have become an Error where it arose
//
// Before: called from a catch block. After: an Error that begins with `doing`; nothing is thrown.
#pragma once

#include <string>

#include "runtime/base/status.hpp"

namespace sluice {

// `doing`: what failed, as the start of a sentence ("the stream's threads").
Error caught_error(const std::string& doing);

}  // namespace sluice
