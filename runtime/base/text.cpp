// SPDX-License-Identifier: Apache-2.0
// Byte by byte (see text.hpp).
// Before and after: as the header says.
#include "runtime/base/text.hpp"

#include <fmt/format.h>

namespace sluice {
namespace {

// Bytes of the character that starts here; 0 where none does.
std::size_t character_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t bytes = first >= 0xC2 && first < 0xE0   ? 2
                            : (first & 0xF0) == 0xE0        ? 3
                            : first >= 0xF0 && first < 0xF5 ? 4
                                                            : 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const bool is_too_long = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool is_no_character = (first == 0xED && at(1) >= 0xA0) || (first == 0xF4 && at(1) >= 0x90);
  return is_too_long || is_no_character ? 0 : bytes;
}

// U+0000 to U+001F and U+007F to U+009F, which move cursors and change colours.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

std::string clean_text(std::string_view text, std::size_t most_bytes, std::string_view kept_controls) {
  std::string clean;
  while (!text.empty()) {
    if (clean.size() >= most_bytes) return clean + "...";
    const std::size_t bytes = character_bytes(text);
    const std::string_view character = text.substr(0, bytes);
    const bool is_kept = bytes == 1 && kept_controls.find(character[0]) != std::string_view::npos;
    const bool is_shown = is_kept || (bytes > 0 && !is_control(character));
    clean += is_shown ? std::string(character) : fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(is_shown ? bytes : 1);
  }
  return clean;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most_bytes) { return clean_text(text, most_bytes, ""); }

std::string printable_lines(std::string_view text, std::size_t most_bytes) {
  return clean_text(text, most_bytes, "\n\t");
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::vector<std::string> words_of_list(std::string_view list) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) words.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace sluice
