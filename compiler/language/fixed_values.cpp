// SPDX-License-Identifier: Apache-2.0
// Evaluates expressions over the tree.
#include "compiler/language/fixed_values.hpp"

#include <cstdlib>
#include <numeric>

namespace sluice::language {
namespace {

using Value = std::optional<std::int64_t>;

Value of_operator(const std::string& op, std::int64_t a, std::int64_t b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return b == 0 ? Value() : a / b;
  if (op == "%") return b == 0 ? Value() : a % b;
  if (op == "<<") return b < 0 || b > 62 ? Value() : std::int64_t(std::uint64_t(a) << b);
  if (op == ">>") return b < 0 || b > 62 ? Value() : a >> b;
  if (op == "&") return a & b;
  if (op == "|") return a | b;
  if (op == "^") return a ^ b;
  if (op == "<") return a < b;
  if (op == ">") return a > b;
  if (op == "<=") return a <= b;
  if (op == ">=") return a >= b;
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  if (op == "&&") return a != 0 && b != 0;
  if (op == "||") return a != 0 || b != 0;
  return {};
}

std::int64_t low_bits_of(std::int64_t step) { return step & -step; }  // the largest power of two that divides it

}  // namespace

bool NumberSet::may_meet(const NumberSet& other) const {
  const std::int64_t common = std::gcd(step, other.step);
  return common == 0 ? first == other.first : (first - other.first) % common == 0;
}

bool FixedValues::is_fixed(const SyntaxNode& expression) const {
  const SyntaxNode& e = expression.bare();
  switch (e.kind) {
    case NodeKind::literal:
      return true;
    case NodeKind::reference: {
      if (unrolled_.count(e.referred) != 0) return true;
      const auto constant = constants_.find(e.referred);
      return constant != constants_.end() && is_fixed(*constant->second);
    }
    case NodeKind::binary:
      if (e.word == "=" || e.word == ",") return false;
      if (const Value known = value(e)) return true;
      return is_fixed(e.children[0]) && is_fixed(e.children[1]);
    case NodeKind::conditional:
      if (const Value chosen = value(e.children[0])) return is_fixed(e.children[*chosen != 0 ? 1 : 2]);
      return is_fixed(e.children[0]) && is_fixed(e.children[1]) && is_fixed(e.children[2]);
    case NodeKind::unary:
      return (e.word == "-" || e.word == "!" || e.word == "~" || e.word == "+") && is_fixed(e.children[0]);
    default:
      return false;
  }
}

Value FixedValues::value(const SyntaxNode& expression) const {
  const SyntaxNode& e = expression.bare();
  switch (e.kind) {
    case NodeKind::literal:
      return std::strtoll(e.word.c_str(), nullptr, 10);
    case NodeKind::reference: {
      if (const auto unrolled = unrolled_.find(e.referred); unrolled != unrolled_.end()) return unrolled->second;
      const auto constant = constants_.find(e.referred);
      return constant == constants_.end() ? Value() : value(*constant->second);
    }
    case NodeKind::binary: {
      const Value a = value(e.children[0]), b = value(e.children[1]);
      if (e.word == "&&" && ((a && *a == 0) || (b && *b == 0))) return 0;
      if (e.word == "||" && ((a && *a != 0) || (b && *b != 0))) return 1;
      return a && b ? of_operator(e.word, *a, *b) : Value();
    }
    case NodeKind::conditional: {
      const Value chosen = value(e.children[0]);
      return chosen ? value(e.children[*chosen != 0 ? 1 : 2]) : Value();
    }
    case NodeKind::unary: {
      const Value a = value(e.children[0]);
      if (!a) return {};
      return e.word == "-"   ? -*a
             : e.word == "!" ? std::int64_t(*a == 0)
             : e.word == "~" ? ~*a
             : e.word == "+" ? a
                             : Value();
    }
    default:
      return {};
  }
}

NumberSet FixedValues::numbers(const SyntaxNode& expression) const {
  if (const Value known = value(expression)) return {0, *known};
  const SyntaxNode& e = expression.bare();
  if (e.kind != NodeKind::binary) return {};
  const NumberSet a = numbers(e.children[0]), b = numbers(e.children[1]);
  if (e.word == "+") return {std::gcd(a.step, b.step), a.first + b.first};
  if (e.word == "-") return {std::gcd(a.step, b.step), a.first - b.first};
  if (e.word == "*" && (a.step == 0 || b.step == 0)) {
    const std::int64_t factor = a.step == 0 ? a.first : b.first;
    const NumberSet& of = a.step == 0 ? b : a;
    return {low_bits_of(of.step * factor), of.first * factor};
  }
  return {};
}

void FixedValues::unrolled_in(const SyntaxNode& expression, std::map<std::string, bool>& ids) const {
  if (expression.kind == NodeKind::reference) {
    if (unrolled_.count(expression.referred) != 0) ids[expression.referred] = true;
    const auto constant = constants_.find(expression.referred);
    if (constant != constants_.end()) unrolled_in(*constant->second, ids);
  }
  for (const SyntaxNode& child : expression.children) unrolled_in(child, ids);
}

}  // namespace sluice::language
