// SPDX-License-Identifier: Apache-2.0
// What a loop carries from one iteration to the next, and what a carried value passes on its way.
//
// Why: a pipelined loop begins an iteration every cycle only if nothing that the last one has just begun to compute is
// asked for. Counters, sums and choices are ready in a cycle. A product, a division, a load from a RAM or a read from a
// channel is not. The idea: a graph of which variable is made of which, per loop; conditions count as parts of what
// they guard. A variable that lies on a circle and outlives the iteration is carried, and no edge of its circle may be
// slow.
//
// It does not look at the order of statements, so it may call carried what is not; never the reverse.
//
// Before: the facts of a kernel, and which of its arrays are RAMs. After: the slow edges, and reads that wait for what
// their own loop carries.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/language/kernel_facts.hpp"

namespace sluice::language {

struct SlowCarry {
  const SyntaxNode* node = nullptr;  // the assignment
  std::string variable, through;     // "sums", "a load from the RAM sums"
};

struct CarriedRead {
  const ChannelCall* call = nullptr;
  std::string variable;
};

class CarriedValues {
 public:
  // Names of helper functions that multiply or divide variables.
  CarriedValues(const KernelFacts& facts, const std::set<std::string>& rams,
                const std::set<std::string>& slow_functions);

  // RAMs in `with_distance` are known not to be asked for what was just stored.
  std::vector<SlowCarry> slow(const std::set<std::string>& with_distance) const;
  std::vector<CarriedRead> reads_under_condition() const;

 private:
  struct Edge {
    std::string from, through;  // through: empty where it is quick
  };
  struct Source {
    const Assignment* assignment = nullptr;
    Edge edge;
  };
  using Graph = std::map<std::string, std::vector<Source>>;  // what a variable is made of

  Graph graph(int loop) const;
  void sources(const SyntaxNode& expression, const std::string& through, std::vector<Edge>& edges) const;
  std::set<std::string> made_of(const Graph& graph, const std::string& variable) const;
  bool is_carried(const Graph& graph, const std::string& variable, int loop) const;
  std::string name(const std::string& id) const;

  const KernelFacts& facts_;
  const std::set<std::string>& rams_;
  const std::set<std::string>& slow_functions_;
};

}  // namespace sluice::language
