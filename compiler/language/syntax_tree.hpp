// SPDX-License-Identifier: Apache-2.0
// SyntaxTree: a program as clang has read it, from the text of -ast-dump.
//
// Why: rules about loops, arrays and calls need a parsed program, and a parser of C is no part of Sluice. The idea:
// clang prints its tree, a node a line, and this reader keeps what the rules ask for. (The form in JSON says the same
// in thirty times the bytes: 55 MB for a program of 31 kernels.) The reader was written for clang 14.
//
// Before: what clang printed for a program that it accepts. After: functions and file-scope variables, each node with
// the place that line markers give it. A text of another form is a bug_error.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice::language {

// Where something stands. `file` as the preprocessor names it.
struct Place {
  std::string file;
  int line = 0;

  std::string text() const;
};

enum class NodeKind {
  absent,  // a part that a statement may have and this one lacks
  function,
  record,
  type_name,
  packed,  // the attribute of a record
  parameter,
  variable,
  compound,
  declaration,
  attributed,
  unroll,  // the attribute of an unrolled loop
  for_loop,
  while_loop,
  do_loop,
  if_choice,
  conditional,
  break_out,
  return_out,
  binary,
  assign_by,  // += and its like
  unary,
  literal,
  reference,
  subscript,
  member,
  call,
  cast,  // and parentheses: what a value passes unchanged but for its width
  other
};

struct SyntaxNode {
  NodeKind kind = NodeKind::other;
  std::string id;  // clang's number of a declaration
  int file = 0;    // in SyntaxTree::files
  int line = 0;
  std::string type;                                                // without aliases, of expressions and variables
  std::string word;                                                // a name, an operator or a literal
  std::string referred;                                            // of a reference: the id of what it names
  bool is_global = false, is_constant = false, is_prefix = false;  // of variables; of unary operators
  std::vector<SyntaxNode> children;

  // Of a list without the casts and parentheses around a value.
  const SyntaxNode& bare() const;
};

// A struct under the name that a typedef gives it.
struct BeatStruct {
  Place place;
  bool is_packed = false;
};

struct SyntaxTree {
  std::vector<std::string> files;
  std::map<std::string, BeatStruct> structs;
  std::vector<SyntaxNode> functions;  // with a body
  std::vector<SyntaxNode> globals;    // file-scope variables

  Place place(const SyntaxNode& node) const { return {files.at(std::size_t(node.file)), node.line}; }
};

Result<SyntaxTree> syntax_tree(std::string_view dump);

// "char[3][28]": 3, 28. Not an array: nothing. The element's type is what stands before.
std::vector<std::int64_t> array_sizes(const std::string& type);
std::string element_type(const std::string& type);
// Bits of a scalar of OpenCL C; 0 for anything else.
int scalar_bits(const std::string& type);

}  // namespace sluice::language
