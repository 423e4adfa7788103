// SPDX-License-Identifier: Apache-2.0
// FixedValues: which expressions of a kernel are numbers once its unrolled loops are, and which numbers.
//
// Why: an array becomes registers only where every index is such a number, and a division costs nothing then. The idea:
// a value is fixed when it is made of literals, of variables of unrolled loops and of constants made of such. An index
// that is not fixed may still be known modulo a power of two, `4 * word + i`: banks of a RAM are chosen by low bits.
//
// Before: the kernel's tree. After: answers for its expressions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "compiler/language/syntax_tree.hpp"

namespace sluice::language {

// All numbers that are `first` modulo `step`: 0 that number alone, 1 any.
struct NumberSet {
  std::int64_t step = 1, first = 0;

  bool may_meet(const NumberSet& other) const;
};

class FixedValues {
 public:
  // A constant of the kernel, and the variable of an unrolled loop.
  void add_constant(const std::string& id, const SyntaxNode& value) { constants_[id] = &value; }
  void add_unrolled(const std::string& id) { unrolled_[id]; }
  // What an unrolled loop's variable is from now on.
  void set(const std::string& id, std::int64_t value) { unrolled_[id] = value; }

  bool is_fixed(const SyntaxNode& expression) const;
  // With the unrolled variables as set; nothing if it is not fixed or one is not set.
  std::optional<std::int64_t> value(const SyntaxNode& expression) const;
  NumberSet numbers(const SyntaxNode& expression) const;
  // The ids of unrolled variables that it asks for.
  void unrolled_in(const SyntaxNode& expression, std::map<std::string, bool>& ids) const;

 private:
  std::map<std::string, const SyntaxNode*> constants_;
  std::map<std::string, std::optional<std::int64_t>> unrolled_;
};

}  // namespace sluice::language
