// SPDX-License-Identifier: Apache-2.0
// The rules of the language: what a program must keep so that the vendor's compiler makes of it the circuit that was
// planned. compiler/language/README.md lists them with their reasons.
//
// Why: that compiler takes hours and is not everywhere; much of what it refuses, or makes slow without a word, can be
// seen in the text. Kernel files are written by hand and instances differ by their numbers, so each program is judged
// whole.
//
// Before: both views of a program. After: its breaches, each with rule, place and what was found; none: it keeps them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/language/front_end.hpp"

namespace sluice::language {

struct Breach {
  std::string rule;  // the word that README.md has for it
  Place place;
  std::string what;

  std::string text() const;  // "kernels/window/window.cl:67: ..."
};

// A private array, and what becomes of it.
struct ArrayUse {
  std::string kernel, name;
  std::int64_t bits = 0;
  bool is_ram = false;  // else registers
  std::size_t stores = 0, loads = 0;
  Place place;
};

struct Verdict {
  std::vector<Breach> breaches;
  std::vector<Breach> known;  // of arrays that are known to be slower than planned (array_rules.hpp)
  std::vector<ArrayUse> arrays;
  std::size_t kernels = 0, channels = 0;
};

Verdict judge(const Program& program);

}  // namespace sluice::language
