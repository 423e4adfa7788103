// SPDX-License-Identifier: Apache-2.0
// The stand-in for aoc: a bundle's program, dialect intel, becomes a binary of the stand-in board.
//
// Why: what aoc is free to do must be done, or a design that holds only by luck is never found out. Channel calls
// without a dependence may change places, so writes that stand side by side in an iteration (of a fork, of an engine's
// results and its record, to copies) do, by the seed. A kernel's timing is nobody's promise, so every channel call may
// be followed by a pause (kBoardWords). Reads of one iteration depend on each other in all kernels (a condition or the
// same variable), so they keep their order.
//
// Before: an open bundle. After: a binary; compiled natively once, so that programming finds the result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "runtime/bundle/bundle.hpp"
#include "tests/board/binary.hpp"

namespace sluice::board {

struct Compiled {
  Binary binary;
  int swapped_calls = 0;  // that do not stand where the text has them
};

Result<Compiled> compile(const Bundle& bundle, std::uint64_t seed);

// Writes that stand side by side, in another order; adds to `swapped_calls` those that moved.
std::string with_swapped_writes(const std::string& preprocessed, std::uint64_t seed, int& swapped_calls);

}  // namespace sluice::board
