// SPDX-License-Identifier: Apache-2.0
// The walk over a function: statements with their loop and conditions, then the expressions in them.
#include "compiler/language/kernel_facts.hpp"

#include <algorithm>

namespace sluice::language {
namespace {

constexpr const char* kRead = "read_channel_intel";
constexpr const char* kReadIfThere = "read_channel_nb_intel";  // tells by its second argument whether there was a beat
constexpr const char* kWrite = "write_channel_intel";

class Walk {
 public:
  Walk(const SyntaxNode& function, const std::set<std::string>& channels) : channels_(channels) {
    facts_.name = function.word;
    facts_.function = &function;
    for (const SyntaxNode& child : function.children) {
      if (child.kind == NodeKind::parameter) {
        ++facts_.parameters;
        facts_.variables[child.id] = child.word;
        facts_.loop_of_variable[child.id] = -1;
      }
      if (child.kind == NodeKind::compound) statement(child);
    }
  }

  KernelFacts take() { return std::move(facts_); }

 private:
  void statement(const SyntaxNode& s) {
    switch (s.kind) {
      case NodeKind::compound:
        for (const SyntaxNode& child : s.children) statement(child);
        break;
      case NodeKind::declaration:
        for (const SyntaxNode& child : s.children) declare(child);
        break;
      case NodeKind::attributed: {
        is_unrolled_ = std::any_of(s.children.begin(), s.children.end(),
                                   [](const SyntaxNode& n) { return n.kind == NodeKind::unroll; });
        statement(s.children.back());
        break;
      }
      case NodeKind::for_loop:
      case NodeKind::while_loop:
      case NodeKind::do_loop:
        walk_loop(s);
        break;
      case NodeKind::if_choice:
        choose(s);
        break;
      case NodeKind::break_out:
      case NodeKind::return_out:
        for (int at = loop_; at >= 0; at = loops()[std::size_t(at)].parent) {
          loops()[std::size_t(at)].is_left = true;
          if (s.kind == NodeKind::break_out) break;
        }
        for (const SyntaxNode& child : s.children) expression(child);
        break;
      default:
        expression(s);
        break;
    }
  }

  std::vector<Loop>& loops() { return facts_.loops; }

  void declare(const SyntaxNode& variable) {
    if (variable.kind != NodeKind::variable) return;
    facts_.variables[variable.id] = variable.word;
    facts_.loop_of_variable[variable.id] = loop_;
    if (const std::vector<std::int64_t> sizes = array_sizes(variable.type); !sizes.empty()) {
      facts_.arrays[variable.id] = {variable.word, sizes, scalar_bits(variable.type), &variable, {}, false};
    } else if (variable.is_constant && !variable.children.empty()) {
      facts_.fixed.add_constant(variable.id, variable.children[0]);
    }
    if (variable.children.empty()) return;
    facts_.assignments.push_back({&variable, nullptr, &variable.children[0], variable.id, false, loop_, conditions_});
    expression(variable.children[0]);
  }

  void choose(const SyntaxNode& s) {
    expression(s.children[0]);
    if (const auto known = facts_.fixed.value(s.children[0])) {
      if (*known != 0) statement(s.children[1]);
      if (*known == 0 && s.children.size() > 2) statement(s.children[2]);
      return;
    }
    conditions_.push_back({&s.children[0], loop_});
    for (std::size_t i = 1; i < s.children.size(); ++i) statement(s.children[i]);
    conditions_.pop_back();
  }

  void walk_loop(const SyntaxNode& s) {
    Loop loop{&s, loop_, std::exchange(is_unrolled_, false), {}, nullptr, nullptr, nullptr, false};
    const bool is_for = s.kind == NodeKind::for_loop && s.children.size() == 5;
    const SyntaxNode& body = s.kind == NodeKind::do_loop ? s.children[0] : s.children.back();
    const SyntaxNode* condition = is_for                           ? &s.children[2]
                                  : s.kind == NodeKind::do_loop    ? &s.children.back()
                                  : s.kind == NodeKind::while_loop ? &s.children[0]
                                                                   : nullptr;
    if (condition != nullptr && condition->kind != NodeKind::absent) loop.condition = condition;
    if (is_for) head(s, loop);
    const int outer = loop_;
    loop_ = int(loops().size());
    loops().push_back(loop);
    if (loop.is_unrolled) facts_.fixed.add_unrolled(loop.counter);
    if (loop.is_unrolled && (loop.first == nullptr || !facts_.fixed.is_fixed(*loop.first) ||
                             loop.condition == nullptr || !facts_.fixed.is_fixed(*loop.condition)))
      facts_.uneven_unrolls.push_back(&s);
    if (loop.condition != nullptr) {
      expression(*loop.condition);
      if (!loop.is_unrolled) conditions_.push_back({loop.condition, loop_});
    }
    statement(body);
    if (is_for && s.children[3].kind != NodeKind::absent) expression(s.children[3]);
    if (loop.condition != nullptr && !loop.is_unrolled) conditions_.pop_back();
    loop_ = outer;
  }

  // for (int i = first; condition; ++i)
  void head(const SyntaxNode& s, Loop& loop) {
    const SyntaxNode& start = s.children[0];
    if (start.kind != NodeKind::declaration || start.children.size() != 1) {
      if (start.kind != NodeKind::absent) statement(start);
      return;
    }
    const SyntaxNode& variable = start.children[0];
    const SyntaxNode& step = s.children[3].bare();
    const bool is_step = (step.kind == NodeKind::unary || step.kind == NodeKind::assign_by) &&
                         step.children[0].bare().referred == variable.id;
    if (is_step && !changes(s.children[4], variable.id)) {
      loop.counter = variable.id;
      loop.first = variable.children.empty() ? nullptr : &variable.children[0];
      loop.step = &s.children[3];
    }
    facts_.variables[variable.id] = variable.word;
    facts_.loop_of_variable[variable.id] = loop_;
    if (!variable.children.empty()) {
      facts_.assignments.push_back({&variable, nullptr, &variable.children[0], variable.id, false, loop_, conditions_});
      expression(variable.children[0]);
    }
  }

  static bool changes(const SyntaxNode& s, const std::string& id) {
    const bool is_change = (s.kind == NodeKind::binary && s.word == "=") || s.kind == NodeKind::assign_by ||
                           (s.kind == NodeKind::unary && (s.word == "++" || s.word == "--" || s.word == "&"));
    if (is_change && s.children[0].bare().referred == id) return true;
    return std::any_of(s.children.begin(), s.children.end(), [&](const SyntaxNode& c) { return changes(c, id); });
  }

  void expression(const SyntaxNode& e, bool is_store = false) {
    switch (e.kind) {
      case NodeKind::binary:
        if (e.word == "=") return assign(e, &e.children[1], false);
        if ((e.word == "/" || e.word == "%") && !facts_.fixed.is_fixed(e.children[1]))
          facts_.divisions.push_back({&e, loop_});
        break;
      case NodeKind::assign_by:
        if ((e.word == "/=" || e.word == "%=") && !facts_.fixed.is_fixed(e.children[1]))
          facts_.divisions.push_back({&e, loop_});
        return assign(e, &e.children[1], true);
      case NodeKind::unary:
        if (e.word == "++" || e.word == "--") return assign(e, nullptr, true);
        break;
      case NodeKind::conditional:
        if (const auto known = facts_.fixed.value(e.children[0])) return expression(e.children[*known != 0 ? 1 : 2]);
        break;
      case NodeKind::subscript:
        return subscript(e, is_store);
      case NodeKind::call:
        return call(e);
      case NodeKind::reference:
        if (channels_.count(e.referred) != 0) facts_.loose_channels.push_back(&e);
        if (const auto array = facts_.arrays.find(e.referred); array != facts_.arrays.end())
          array->second.is_whole = true;
        return;
      case NodeKind::variable:
        return declare(e);
      default:
        break;
    }
    for (const SyntaxNode& child : e.children) expression(child);
  }

  void assign(const SyntaxNode& e, const SyntaxNode* value, bool keeps) {
    facts_.assignments.push_back(
        {&e, &e.children[0], value, stored_variable(e.children[0]), keeps, loop_, conditions_});
    expression(e.children[0], true);
    if (keeps) expression(e.children[0]);
    if (value != nullptr) expression(*value);
  }

  // a[i][j], or x.v[i]
  void subscript(const SyntaxNode& e, bool is_store) {
    std::vector<const SyntaxNode*> indices;
    const SyntaxNode* base = &e;
    while (base->kind == NodeKind::subscript) {
      indices.insert(indices.begin(), &base->children[1]);
      base = &base->children[0].bare();
    }
    for (const SyntaxNode* index : indices) expression(*index);
    const std::string name = stored_variable(e);
    if (base->kind == NodeKind::member && facts_.variables.count(base->children[0].bare().referred) != 0) {
      PrivateArray& array = facts_.arrays[name];
      if (array.sizes.empty())
        array = {facts_.variables[base->children[0].bare().referred] + "." + base->word,
                 array_sizes(base->type),
                 scalar_bits(base->type),
                 base,
                 {},
                 false};
    }
    const auto array = facts_.arrays.find(name);
    if (array != facts_.arrays.end())
      array->second.accesses.push_back({&e, indices, loop_, is_store});
    else if (base->kind != NodeKind::reference)
      expression(*base);
  }

  void call(const SyntaxNode& e) {
    const SyntaxNode& function = e.children[0].bare();
    facts_.called.insert(function.word);
    std::size_t first = 1;
    const bool waits = function.word != kReadIfThere;
    if ((function.word == kRead || function.word == kWrite || !waits) && e.children.size() > 1) {
      const SyntaxNode* channel = &e.children[1].bare();
      const SyntaxNode* index = nullptr;
      if (channel->kind == NodeKind::subscript) index = &channel->children[1], channel = &channel->children[0].bare();
      if (channels_.count(channel->referred) != 0) {
        facts_.channel_calls.push_back({&e, index, channel->word, function.word != kWrite, waits, loop_, conditions_});
        if (index != nullptr) expression(*index);
        first = 2;
      }
      if (!waits && e.children.size() == 3) return told(e.children[2]);
    }
    for (std::size_t i = first; i < e.children.size(); ++i) expression(e.children[i]);
  }

  // &is_there: set by the call.
  void told(const SyntaxNode& address) {
    const SyntaxNode& e = address.bare();
    if (e.kind != NodeKind::unary || e.word != "&") return expression(e);
    assign(e, nullptr, false);
  }

  const std::set<std::string>& channels_;
  KernelFacts facts_;
  std::vector<Condition> conditions_;
  int loop_ = -1;
  bool is_unrolled_ = false;
};

}  // namespace

std::int64_t PrivateArray::bits() const {
  std::int64_t all = element_bits;
  for (const std::int64_t size : sizes) all *= size;
  return all;
}

bool KernelFacts::is_inside(int loop, int of) const {
  for (int at = loop; at >= 0; at = loops[std::size_t(at)].parent)
    if (at == of) return true;
  return of < 0;
}

int KernelFacts::rolled(int loop) const {
  while (loop >= 0 && loops[std::size_t(loop)].is_unrolled) loop = loops[std::size_t(loop)].parent;
  return loop;
}

std::string stored_variable(const SyntaxNode& expression) {
  const SyntaxNode& e = expression.bare();
  if (e.kind == NodeKind::subscript) return stored_variable(e.children[0]);
  if (e.kind == NodeKind::member) return stored_variable(e.children[0]) + "." + e.word;
  return e.referred;
}

KernelFacts kernel_facts(const SyntaxNode& function, const std::set<std::string>& channel_ids) {
  return Walk(function, channel_ids).take();
}

}  // namespace sluice::language
