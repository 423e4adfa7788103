// SPDX-License-Identifier: Apache-2.0
// Implementation of label_names.hpp.
#include "runtime/images/label_names.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/list_file.hpp"

namespace sluice {
namespace {

constexpr std::size_t kSynsetLength = 9;  // n01440764

bool starts_with_synset(const TextLine& line) {
  const std::string& text = line.text;
  return text.size() > kSynsetLength && text[0] == 'n' && text[kSynsetLength] == ' ' &&
         text.find_first_not_of("0123456789", 1) == kSynsetLength;
}

// What a class is called; a network bears as many names as it has classes, and terminals show them.
Result<std::string> checked_name(const std::string& name, const std::filesystem::path& file, int line) {
  if (name.size() > kMostLabelBytes)
    return user_error("{}, line {}: a class name of {} bytes; at most {} are possible", file.string(), line,
                      name.size(), kMostLabelBytes);
  if (!is_utf8(name))
    return user_error(
        "{}, line {}: \"{}\" is not UTF-8; convert the file, e.g. iconv -f latin1 -t utf8 for names of Western Europe",
        file.string(), line, printable(name, 100));
  return printable(name, kMostLabelBytes);
}

}  // namespace

Result<std::vector<std::string>> read_label_names(const std::filesystem::path& file, int classes) {
  const std::vector<TextLine> lines = SLUICE_TRY(read_text_lines(file));
  if (lines.empty()) return user_error("{}: holds no class names", file.string());
  if (classes != 0 && lines.size() != static_cast<std::size_t>(classes)) {
    return user_error("{}: holds {} class names, the network has {} classes", file.string(), lines.size(), classes);
  }
  const bool has_synsets = std::all_of(lines.begin(), lines.end(), starts_with_synset);
  std::vector<std::string> names;
  for (const TextLine& line : lines) {
    const std::string text =
        has_synsets ? line.text.substr(line.text.find_first_not_of(' ', kSynsetLength)) : line.text;
    std::string name = SLUICE_TRY(checked_name(text, file, line.number));
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace sluice
