// SPDX-License-Identifier: Apache-2.0
// Widths, then lines (see text_table.hpp).
#include "apps/cli/text_table.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>

namespace sluice::cli {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";
constexpr std::size_t kBetween = 2;     // spaces between columns
constexpr std::size_t kLeastText = 12;  // characters that a column of text keeps

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t width_of(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), starts_character));
}

// Bytes of the first so many characters.
std::size_t bytes_of(const std::string& text, std::size_t characters) {
  std::size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    if (!starts_character(text[bytes])) continue;
    if (characters-- == 0) break;
  }
  return bytes;
}

// At spaces where there are some.
std::vector<std::string> broken(std::string text, std::size_t width) {
  std::vector<std::string> lines;
  while (width_of(text) > width) {
    const std::size_t most = bytes_of(text, width);
    const std::size_t space = text.rfind(' ', most);
    const bool has_space = space != std::string::npos && space > 0;
    lines.push_back(text.substr(0, has_space ? space : most));
    text = text.substr(has_space ? space + 1 : most);
  }
  lines.push_back(text);
  return lines;
}

std::string padded(const std::string& text, std::size_t width, bool is_right) {
  const std::string spaces(width - std::min(width, width_of(text)), ' ');
  return is_right ? spaces + text : text + spaces;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells, bool is_marked) { rows_.push_back({std::move(cells), is_marked}); }

std::string TextTable::text(bool is_terminal) const {
  std::vector<std::size_t> widths;
  for (const TableColumn& column : columns_) widths.push_back(width_of(column.head));
  for (const Row& row : rows_)
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], width_of(row.cells[c]));
  const auto total = [&] {
    std::size_t sum = kBetween * (widths.size() - 1);
    for (const std::size_t width : widths) sum += width;
    return sum;
  };
  // The widest column of text gives way, until another one is the widest.
  while (total() > kMostColumns) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const bool gives_way = columns_[c].holds == TableColumn::Holds::text && widths[c] > kLeastText;
      if (gives_way && (widest == widths.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == widths.size()) break;
    --widths[widest];
  }
  std::string text;
  const auto write = [&](const std::vector<std::string>& cells, bool is_bold) {
    std::vector<std::vector<std::string>> parts;
    std::size_t lines = 1;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      parts.push_back(broken(cells[c], widths[c]));
      lines = std::max(lines, parts.back().size());
    }
    for (std::size_t l = 0; l < lines; ++l) {
      std::string line;
      for (std::size_t c = 0; c < widths.size(); ++c) {
        line +=
            (c == 0 ? std::string() : std::string(kBetween, ' ')) +
            padded(l < parts[c].size() ? parts[c][l] : "", widths[c], columns_[c].holds == TableColumn::Holds::number);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += is_bold && is_terminal ? kBold + line + kPlain : line;
      text += '\n';
    }
  };
  std::vector<std::string> heads;
  for (const TableColumn& column : columns_) heads.push_back(column.head);
  write(heads, true);
  for (const Row& row : rows_) write(row.cells, row.is_marked);
  return text;
}

bool is_colour_terminal() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace sluice::cli
