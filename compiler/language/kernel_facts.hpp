// SPDX-License-Identifier: Apache-2.0
// KernelFacts: loops, arrays, channel calls and assignments of one function, gathered from its tree in one walk.
//
// Why: every rule asks about some of these. The idea: each fact keeps the loop it stands in and the conditions it
// stands under. A branch that the instance's numbers rule out is not there: aoc does not build it.
//
// Before: a function of the tree, which outlives the facts. After: its facts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/language/fixed_values.hpp"
#include "compiler/language/syntax_tree.hpp"

namespace sluice::language {

struct Loop {
  const SyntaxNode* node = nullptr;
  int parent = -1;  // -1: none
  bool is_unrolled = false;
  std::string counter;                // the variable of a for loop that nothing but its header changes; else empty
  const SyntaxNode* first = nullptr;  // of that variable: its first value, the condition to go on, the step
  const SyntaxNode* condition = nullptr;
  const SyntaxNode* step = nullptr;
  bool is_left = false;  // by break or return
};

struct Condition {
  const SyntaxNode* expression = nullptr;
  int loop = -1;
};

struct Access {
  const SyntaxNode* node = nullptr;
  std::vector<const SyntaxNode*> indices;
  int loop = -1;
  bool is_store = false;
};

// A private array, or the array inside of a private struct.
struct PrivateArray {
  std::string name;
  std::vector<std::int64_t> sizes;
  int element_bits = 0;
  const SyntaxNode* node = nullptr;
  std::vector<Access> accesses;
  bool is_whole = false;  // used without an index: handed on as a pointer

  std::int64_t bits() const;
};

struct ChannelCall {
  const SyntaxNode* node = nullptr;
  const SyntaxNode* index = nullptr;  // of an array of channels
  std::string channel;
  bool is_read = false;
  bool waits = true;
  int loop = -1;
  std::vector<Condition> conditions;
};

struct Assignment {
  const SyntaxNode* node = nullptr;
  const SyntaxNode* target = nullptr;  // null: a declaration, whose id is `variable`
  const SyntaxNode* value = nullptr;   // null: its own value and a constant, as in ++
  std::string variable;
  bool keeps_target = false;  // += and ++
  int loop = -1;
  std::vector<Condition> conditions;
};

struct KernelFacts {
  std::string name;
  const SyntaxNode* function = nullptr;
  std::size_t parameters = 0;
  std::vector<Loop> loops;
  std::map<std::string, PrivateArray> arrays;    // by id, and by id.member inside structs
  std::map<std::string, std::string> variables;  // names by id
  std::map<std::string, int> loop_of_variable;   // where it is declared
  std::vector<ChannelCall> channel_calls;
  std::vector<const SyntaxNode*> loose_channels;  // used other than as the first argument of a channel call
  std::vector<Assignment> assignments;
  std::vector<std::pair<const SyntaxNode*, int>> divisions;  // by a number that is not fixed; with its loop
  std::vector<const SyntaxNode*> uneven_unrolls;             // unrolled loops without a fixed number of turns
  std::set<std::string> called;
  FixedValues fixed;

  // Is `loop` this one or inside of it?
  bool is_inside(int loop, int of) const;
  // The innermost loop around that is not unrolled; -1: none.
  int rolled(int loop) const;
  // How often unrolled loops repeat what stands in `loop`: calls `visit` with their variables set. False: more than
  // kMostCopies.
  template <typename Visit>
  bool unroll(int loop, const Visit& visit);

  static constexpr std::int64_t kMostCopies = 1 << 16;

 private:
  template <typename Visit>
  bool unroll_from(const std::vector<int>& chain, std::size_t at, std::int64_t& left, const Visit& visit);
};

// The name of what an expression stores to or loads from: the id of a variable, or id.member.
std::string stored_variable(const SyntaxNode& expression);

KernelFacts kernel_facts(const SyntaxNode& function, const std::set<std::string>& channel_ids);

template <typename Visit>
bool KernelFacts::unroll(int loop, const Visit& visit) {
  std::vector<int> chain;
  for (int at = loop; at >= 0; at = loops[std::size_t(at)].parent)
    if (loops[std::size_t(at)].is_unrolled) chain.insert(chain.begin(), at);
  std::int64_t left = kMostCopies;
  return unroll_from(chain, 0, left, visit);
}

template <typename Visit>
bool KernelFacts::unroll_from(const std::vector<int>& chain, std::size_t at, std::int64_t& left, const Visit& visit) {
  if (at == chain.size()) {
    visit();
    return --left >= 0;
  }
  const Loop& loop = loops[std::size_t(chain[at])];
  const auto first = loop.first == nullptr ? std::optional<std::int64_t>() : fixed.value(*loop.first);
  if (!first) return true;  // uneven_unrolls says so
  for (std::int64_t i = *first;;) {
    fixed.set(loop.counter, i);
    const auto goes_on = fixed.value(*loop.condition);
    if (!goes_on || *goes_on == 0) return true;
    if (!unroll_from(chain, at + 1, left, visit)) return false;
    const SyntaxNode& step = loop.step->bare();
    const auto by = step.children.size() < 2 ? std::optional<std::int64_t>(1) : fixed.value(step.children[1]);
    const bool is_down = step.word[0] == '-';
    if (!by || *by == 0) return true;
    i += is_down ? -*by : *by;
  }
}

}  // namespace sluice::language
