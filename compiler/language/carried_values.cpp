// SPDX-License-Identifier: Apache-2.0
// Builds the graph of a loop and looks for circles.
#include "compiler/language/carried_values.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::language {
namespace {

// A struct is one variable, whichever member is meant.
std::string whole(const std::string& id) { return id.substr(0, id.find('.')); }

}  // namespace

CarriedValues::CarriedValues(const KernelFacts& facts, const std::set<std::string>& rams,
                             const std::set<std::string>& slow_functions)
    : facts_(facts), rams_(rams), slow_functions_(slow_functions) {}

std::string CarriedValues::name(const std::string& id) const {
  const auto found = facts_.variables.find(id);
  return found == facts_.variables.end() ? id : found->second;
}

void CarriedValues::sources(const SyntaxNode& expression, const std::string& through, std::vector<Edge>& edges) const {
  const SyntaxNode& e = expression.bare();
  std::string here = through;
  switch (e.kind) {
    case NodeKind::reference:
      if (facts_.variables.count(e.referred) != 0) edges.push_back({e.referred, through});
      return;
    case NodeKind::subscript:
      if (const std::string id = stored_variable(e); rams_.count(id) != 0)
        here = fmt::format("a load from the RAM {}", facts_.arrays.at(id).name);
      break;
    case NodeKind::binary:
      if (e.word == "*" && !facts_.fixed.is_fixed(e.children[0]) && !facts_.fixed.is_fixed(e.children[1]))
        here = "a product";
      if ((e.word == "/" || e.word == "%") && !facts_.fixed.is_fixed(e.children[1])) here = "a division";
      break;
    case NodeKind::call: {
      const std::string& function = e.children[0].bare().word;
      if (function.find("read_channel") == 0) return;
      if (slow_functions_.count(function) != 0) here = fmt::format("a product in {}", function);
      for (std::size_t i = 1; i < e.children.size(); ++i) sources(e.children[i], here, edges);
      return;
    }
    default:
      break;
  }
  for (const SyntaxNode& child : e.children) sources(child, here, edges);
}

CarriedValues::Graph CarriedValues::graph(int loop) const {
  Graph graph;
  for (const Assignment& a : facts_.assignments) {
    if (!facts_.is_inside(a.loop, loop)) continue;
    std::vector<Edge> edges;
    if (a.value != nullptr) sources(*a.value, "", edges);
    const std::string made = whole(a.variable);
    if (a.keeps_target)
      edges.push_back({made, rams_.count(a.variable) != 0 ? "a load from the RAM " + name(made) : ""});
    if (a.target != nullptr && a.target->kind == NodeKind::subscript) {
      for (const SyntaxNode* s = a.target; s->kind == NodeKind::subscript; s = &s->children[0].bare())
        sources(s->children[1], "", edges);
    }
    const SyntaxNode* value = a.value == nullptr ? nullptr : &a.value->bare();
    const bool is_read =
        value != nullptr && value->kind == NodeKind::call && value->children[0].bare().word == "read_channel_intel";
    for (const Condition& c : a.conditions) {
      if (facts_.is_inside(c.loop, loop)) sources(*c.expression, is_read ? "a read from a channel" : "", edges);
    }
    for (Edge& edge : edges) graph[made].push_back({&a, std::move(edge)});
  }
  return graph;
}

std::set<std::string> CarriedValues::made_of(const Graph& graph, const std::string& variable) const {
  std::set<std::string> reached;
  std::vector<std::string> open{variable};
  while (!open.empty()) {
    const std::string now = open.back();
    open.pop_back();
    const auto found = graph.find(now);
    if (found == graph.end()) continue;
    for (const Source& s : found->second)
      if (reached.insert(s.edge.from).second) open.push_back(s.edge.from);
  }
  return reached;
}

// Set in the loop and declared outside of it: its last value may be asked for.
bool CarriedValues::is_carried(const Graph& graph, const std::string& variable, int loop) const {
  const auto declared = facts_.loop_of_variable.find(variable);
  return graph.count(variable) != 0 && declared != facts_.loop_of_variable.end() &&
         !facts_.is_inside(declared->second, loop);
}

std::vector<SlowCarry> CarriedValues::slow(const std::set<std::string>& with_distance) const {
  std::vector<SlowCarry> all;
  std::set<const SyntaxNode*> told;
  for (int loop = 0; loop < int(facts_.loops.size()); ++loop) {
    if (facts_.loops[std::size_t(loop)].is_unrolled) continue;
    const Graph made = graph(loop);
    std::map<std::string, std::set<std::string>> reach;
    for (const auto& [variable, parts] : made) reach[variable] = made_of(made, variable);
    for (const auto& [variable, parts] : made) {
      for (const Source& s : parts) {
        const std::string& from = s.edge.from;
        if (s.edge.through.empty() || reach.count(from) == 0) continue;
        const bool is_circle = from == variable || reach.at(from).count(variable) != 0;
        if (!is_circle || with_distance.count(name(from)) != 0) continue;
        // Some variable of the circle must outlive the iteration.
        bool outlives = is_carried(made, from, loop) || is_carried(made, variable, loop);
        for (const std::string& other : reach.at(from))
          outlives = outlives ||
                     (is_carried(made, other, loop) && reach.count(other) != 0 && reach.at(other).count(from) != 0);
        if (outlives && told.insert(s.assignment->node).second)
          all.push_back({s.assignment->node, name(variable), s.edge.through});
      }
    }
  }
  return all;
}

std::vector<CarriedRead> CarriedValues::reads_under_condition() const {
  std::vector<CarriedRead> all;
  for (const ChannelCall& call : facts_.channel_calls) {
    const int loop = facts_.rolled(call.loop);
    if (!call.is_read || !call.waits || loop < 0) continue;
    const Graph made = graph(loop);
    std::string found;
    for (const Condition& c : call.conditions) {
      if (!facts_.is_inside(c.loop, loop)) continue;
      std::vector<Edge> edges;
      sources(*c.expression, "", edges);
      for (const Edge& edge : edges) {
        std::set<std::string> parts = made_of(made, edge.from);
        parts.insert(edge.from);
        for (const std::string& part : parts) {
          if (is_carried(made, part, loop) && part != facts_.loops[std::size_t(loop)].counter) found = name(part);
        }
      }
    }
    if (!found.empty()) all.push_back({&call, found});
  }
  return all;
}

}  // namespace sluice::language
