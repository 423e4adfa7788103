// SPDX-License-Identifier: Apache-2.0
// TextTable: columns on a terminal, never wider than 100 characters.
//
// Why: names of layers and nodes have any length, and a line that the terminal breaks is no table any more. The idea: a
// column is as wide as what it holds; where all together are too wide, those that may give way are broken at spaces
// into further lines, or cut in the middle of a word. Numbers never give way. On a terminal heads are bold and marked
// lines stand out; elsewhere no control character is written.
//
// Before: as many cells a row as there are columns, each printable. After: lines of at most kMostColumns characters,
// as long as the columns that never give way leave room.
#pragma once

#include <string>
#include <vector>

namespace sluice::cli {

inline constexpr std::size_t kMostColumns = 100;

struct TableColumn {
  enum class Holds { text, number };
  std::string head;
  Holds holds = Holds::number;
};

class TextTable {
 public:
  explicit TextTable(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // `is_marked`: what the table is about.
  void add(std::vector<std::string> cells, bool is_marked = false);
  std::string text(bool is_terminal) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool is_marked = false;
  };
  std::vector<TableColumn> columns_;
  std::vector<Row> rows_;
};

// Whether standard output is a terminal that shows colours: it is one, and NO_COLOR is not set (no-color.org).
bool is_colour_terminal();

}  // namespace sluice::cli
