// SPDX-License-Identifier: Apache-2.0
// Reads clang's dump line by line; clang states file and line of a place only where they differ from the last one.
#include "compiler/language/syntax_tree.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "runtime/base/errors.hpp"

namespace sluice::language {
namespace {

const std::map<std::string_view, NodeKind>& kinds() {
  static const std::map<std::string_view, NodeKind> all{{"<<<NULL>>>", NodeKind::absent},
                                                        {"FunctionDecl", NodeKind::function},
                                                        {"RecordDecl", NodeKind::record},
                                                        {"TypedefDecl", NodeKind::type_name},
                                                        {"PackedAttr", NodeKind::packed},
                                                        {"ParmVarDecl", NodeKind::parameter},
                                                        {"VarDecl", NodeKind::variable},
                                                        {"CompoundStmt", NodeKind::compound},
                                                        {"DeclStmt", NodeKind::declaration},
                                                        {"AttributedStmt", NodeKind::attributed},
                                                        {"LoopHintAttr", NodeKind::unroll},
                                                        {"ForStmt", NodeKind::for_loop},
                                                        {"WhileStmt", NodeKind::while_loop},
                                                        {"DoStmt", NodeKind::do_loop},
                                                        {"IfStmt", NodeKind::if_choice},
                                                        {"ConditionalOperator", NodeKind::conditional},
                                                        {"BreakStmt", NodeKind::break_out},
                                                        {"ReturnStmt", NodeKind::return_out},
                                                        {"BinaryOperator", NodeKind::binary},
                                                        {"CompoundAssignOperator", NodeKind::assign_by},
                                                        {"UnaryOperator", NodeKind::unary},
                                                        {"IntegerLiteral", NodeKind::literal},
                                                        {"CharacterLiteral", NodeKind::literal},
                                                        {"DeclRefExpr", NodeKind::reference},
                                                        {"ArraySubscriptExpr", NodeKind::subscript},
                                                        {"MemberExpr", NodeKind::member},
                                                        {"CallExpr", NodeKind::call},
                                                        {"ImplicitCastExpr", NodeKind::cast},
                                                        {"CStyleCastExpr", NodeKind::cast},
                                                        {"ParenExpr", NodeKind::cast},
                                                        {"ConstantExpr", NodeKind::cast}};
  return all;
}

class Reader {
 public:
  explicit Reader(std::string_view dump) : rest_(dump) {}

  Result<SyntaxTree> read() {
    std::vector<SyntaxNode*> open;  // from the root to the last node
    SyntaxNode root;
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      const std::size_t start = std::min(line_.find_first_not_of(" |`-"), line_.size());
      const std::size_t depth = start / 2;
      line_.remove_prefix(start);
      if (line_.empty()) continue;
      if (depth == 0) {
        if (line_.rfind("TranslationUnitDecl", 0) != 0) return bug_error("clang's tree begins with: " + text());
        continue;
      }
      if (depth > open.size() + 1) return bug_error("clang's tree skips a level: " + text());
      if (depth == 1) take(root);
      open.resize(depth - 1);
      SyntaxNode& parent = open.empty() ? root : *open.back();
      parent.children.push_back(node());
      open.push_back(&parent.children.back());
    }
    take(root);
    if (tree_.functions.empty()) return bug_error("clang's tree has no function");
    return std::move(tree_);
  }

 private:
  std::string text() const { return std::string(line_.substr(0, 120)); }

  // The file-scope declaration that is complete goes where it belongs, or nowhere.
  void take(SyntaxNode& root) {
    if (root.children.empty()) return;
    SyntaxNode& done = root.children.back();
    const bool has_body = std::any_of(done.children.begin(), done.children.end(),
                                      [](const SyntaxNode& n) { return n.kind == NodeKind::compound; });
    if (done.kind == NodeKind::function && has_body) tree_.functions.push_back(std::move(done));
    if (done.kind == NodeKind::variable) tree_.globals.push_back(std::move(done));
    if (done.kind == NodeKind::record) {
      const bool is_packed = std::any_of(done.children.begin(), done.children.end(),
                                         [](const SyntaxNode& n) { return n.kind == NodeKind::packed; });
      last_struct_ = {tree_.place(done), is_packed};
    }
    if (done.kind == NodeKind::type_name && done.type.rfind("struct ", 0) == 0) tree_.structs[done.word] = last_struct_;
    root.children.clear();
  }

  std::string_view word() {
    const std::size_t end = std::min(line_.find(' '), line_.size());
    const std::string_view taken = line_.substr(0, end);
    line_.remove_prefix(std::min(end + 1, line_.size()));
    return taken;
  }

  // "file:12:3", "line:12:3", "col:3" or "<invalid sloc>".
  void move_to(std::string_view place) {
    if (place.rfind("col:", 0) == 0 || place.find(':') == std::string_view::npos) return;
    const std::size_t column = place.rfind(':');
    const std::size_t line = place.rfind(':', column - 1);
    if (line == std::string_view::npos) return;
    std::from_chars(place.data() + line + 1, place.data() + column, now_line_);
    const std::string_view file = place.substr(0, line);
    if (file == "line") return;
    const auto found = std::find(tree_.files.begin(), tree_.files.end(), file);
    now_file_ = int(found - tree_.files.begin());
    if (found == tree_.files.end()) tree_.files.emplace_back(file);
  }

  void range(SyntaxNode& n) {
    if (line_.empty() || line_[0] != '<') return;
    const std::size_t end = line_.find("> ") == std::string_view::npos ? line_.size() - 1 : line_.find("> ");
    std::string_view inside = line_.substr(1, end - 1);
    line_.remove_prefix(std::min(end + 2, line_.size()));
    const std::size_t comma = inside.find(", ");
    move_to(inside.substr(0, comma));
    n.file = now_file_, n.line = now_line_;
    if (comma != std::string_view::npos) move_to(inside.substr(comma + 2));
  }

  static bool is_place(std::string_view w) {
    return w.rfind("col:", 0) == 0 || w.rfind("line:", 0) == 0 ||
           (std::count(w.begin(), w.end(), ':') >= 2 && w.find('\'') == std::string_view::npos);
  }

  // 'alias':'type': the second, where there are two.
  std::string quoted() {
    std::string result;
    while (!line_.empty() && (line_[0] == '\'' || line_[0] == ':')) {
      if (line_[0] == ':') line_.remove_prefix(1);
      const std::size_t end = line_.find('\'', 1);
      if (end == std::string_view::npos) break;
      if (result.rfind("struct ", 0) != 0) result = line_.substr(1, end - 1);
      line_.remove_prefix(end + 1);
    }
    if (!line_.empty() && line_[0] == ' ') line_.remove_prefix(1);
    return result;
  }

  SyntaxNode node() {
    SyntaxNode n;
    const std::string_view kind = word();
    const auto found = kinds().find(kind);
    n.kind = found == kinds().end() ? NodeKind::other : found->second;
    if (n.kind == NodeKind::absent) return n;
    if (line_.rfind("0x", 0) == 0) n.id = word();
    while (line_.rfind("parent ", 0) == 0 || line_.rfind("prev ", 0) == 0) word(), word();
    if (kind.size() > 4 && kind.substr(kind.size() - 4) == "Type") return n;
    range(n);
    const bool is_declared = n.kind == NodeKind::function || n.kind == NodeKind::type_name ||
                             n.kind == NodeKind::parameter || n.kind == NodeKind::variable;
    if (is_declared) {
      declared(n);
    } else if (n.kind != NodeKind::other && n.kind != NodeKind::unroll && n.kind != NodeKind::record) {
      n.type = quoted();
      expression(n);
    }
    return n;
  }

  // "col:8 used rows '__private char[3]' cinit"
  void declared(SyntaxNode& n) {
    if (is_place(line_.substr(0, line_.find(' ')))) {
      move_to(word());
      n.file = now_file_, n.line = now_line_;
    }
    while (!line_.empty() && line_[0] != '\'') n.word = word();
    n.type = quoted();
    n.is_global = n.type.find("__global") != std::string::npos;
    n.is_constant = n.type.rfind("const ", 0) == 0;
  }

  void expression(SyntaxNode& n) {
    switch (n.kind) {
      case NodeKind::binary:
      case NodeKind::assign_by:
        n.word = quoted();
        break;
      case NodeKind::unary:
        n.is_prefix = line_.rfind("prefix", 0) == 0;
        word();
        n.word = quoted();
        break;
      case NodeKind::literal:
        n.word = word();
        break;
      case NodeKind::member: {
        const std::size_t dot = line_.find_first_of(".>");
        if (dot != std::string_view::npos) line_.remove_prefix(dot + 1);
        n.word = word();
        break;
      }
      case NodeKind::reference: {
        const std::size_t at = line_.find("0x");
        if (at == std::string_view::npos) break;
        line_.remove_prefix(at);
        n.referred = word();
        n.word = quoted();
        break;
      }
      default:
        break;
    }
  }

  std::string_view rest_, line_;
  SyntaxTree tree_;
  BeatStruct last_struct_;
  int now_file_ = 0, now_line_ = 0;
};

}  // namespace

std::string Place::text() const { return fmt::format("{}:{}", file, line); }

const SyntaxNode& SyntaxNode::bare() const {
  return kind == NodeKind::cast && !children.empty() ? children.back().bare() : *this;
}

Result<SyntaxTree> syntax_tree(std::string_view dump) { return Reader(dump).read(); }

std::vector<std::int64_t> array_sizes(const std::string& type) {
  std::vector<std::int64_t> sizes;
  for (std::size_t at = type.find('['); at != std::string::npos; at = type.find('[', at + 1))
    sizes.push_back(std::strtoll(type.c_str() + at + 1, nullptr, 10));
  return sizes;
}

std::string element_type(const std::string& type) {
  std::string element = type.substr(0, type.find('['));
  for (const char* word : {"const ", "__private ", "__global ", "volatile "}) {
    for (std::size_t at; (at = element.find(word)) != std::string::npos;)
      element.erase(at, std::char_traits<char>::length(word));
  }
  return element.substr(0, element.find_last_not_of(' ') + 1);
}

int scalar_bits(const std::string& type) {
  static const std::map<std::string, int> bits{
      {"bool", 1},   {"_Bool", 1},           {"char", 8},           {"unsigned char", 8}, {"uchar", 8},
      {"short", 16}, {"unsigned short", 16}, {"ushort", 16},        {"int", 32},          {"unsigned int", 32},
      {"uint", 32},  {"long", 64},           {"unsigned long", 64}, {"ulong", 64}};
  const auto found = bits.find(element_type(type));
  return found == bits.end() ? 0 : found->second;
}

}  // namespace sluice::language
