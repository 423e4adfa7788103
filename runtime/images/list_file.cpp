// SPDX-License-Identifier: Apache-2.0
// Implementation of list_file.hpp.
#include "runtime/images/list_file.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_whole_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr std::string_view kSeparators = " \t\r,";

Result<ListEntry> read_entry(const std::string& line) {
  const std::size_t at = line.find_last_of(kSeparators);
  if (at == std::string::npos) return ListEntry{line};
  const std::string_view word = std::string_view(line).substr(at + 1);
  if (!is_whole_number(word)) {
    if (line[at] == ',') return ListEntry{line};  // a comma in the name of a file
    return user_error("\"{}\" is not a class number; a line is \"file label\", the label a whole number from 0", word);
  }
  int label = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), label).ec != std::errc()) {
    return user_error("the class number {} is too large", word);
  }
  std::string_view file = trimmed(std::string_view(line).substr(0, at));
  if (file.ends_with(',')) file = trimmed(file.substr(0, file.size() - 1));
  if (file.size() > 2 && file.front() == '"' && file.back() == '"') file = file.substr(1, file.size() - 2);
  return ListEntry{std::string(file), label};
}

// The names of the columns, as tables have them on top: "file,label".
bool is_heading(const TextLine& line) {
  const std::size_t comma = line.text.rfind(',');
  if (line.number != 1 || comma == std::string::npos) return false;
  std::string word(trimmed(std::string_view(line.text).substr(comma + 1)));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* known : {"label", "labels", "class", "class_id", "classid", "target", "category", "id"}) {
    if (word == known) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<TextLine>> read_text_lines(const std::filesystem::path& file) {
  const std::string bytes = SLUICE_TRY(read_file(file, kMostTextBytes));
  if (bytes.find('\0') != std::string::npos) return user_error("{}: is not a text file", file.string());
  std::string_view rest = bytes;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);  // the byte order mark some editors leave
  std::vector<TextLine> lines;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = trimmed(rest.substr(0, end));
    if (!text.empty()) lines.push_back({number, std::string(text)});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return lines;
}

Result<std::vector<ListEntry>> read_list_file(const std::filesystem::path& list) {
  std::vector<ListEntry> entries;
  for (const TextLine& line : SLUICE_TRY(read_text_lines(list))) {
    if (is_heading(line)) continue;
    Result<ListEntry> entry = read_entry(line.text);
    if (!entry) return std::move(entry).error().in(fmt::format("{}, line {}", list.string(), line.number));
    entries.push_back(std::move(entry).value());
  }
  if (entries.empty()) return user_error("{}: names no picture", list.string());
  return entries;
}

}  // namespace sluice
