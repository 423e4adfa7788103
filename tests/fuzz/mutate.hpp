// SPDX-License-Identifier: Apache-2.0
// Ways to break a model file: bytes as they lie, or the messages in them.
//
// Why two: flipped bytes mostly end in the parser; swapped names, absurd numbers and exchanged operators get past it
// and reach every check after. Before: any bytes. After: other bytes, the same for the same engine state.
#pragma once

#include <random>
#include <string>

namespace sluice::testing {

std::string break_bytes(std::string bytes, std::mt19937& engine);

// Leaves bytes that do not parse as they are.
std::string break_messages(const std::string& bytes, std::mt19937& engine);

}  // namespace sluice::testing
