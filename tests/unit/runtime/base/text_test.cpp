// SPDX-License-Identifier: Apache-2.0
// Printable names: every script stays, every other byte is shown, and JSON takes what comes out.
#include "runtime/base/text.hpp"

#include <gtest/gtest.h>

#include "runtime/base/json.hpp"

namespace sluice {
namespace {

TEST(Printable, every_script_stays) {
  for (const char* text : {"", "conv1/bias:0", "Größe", "卷积层", "свёртка", "\U0001F600"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, what_is_no_character_is_shown_as_bytes) {
  EXPECT_EQ(printable("a\xE9z"), "a\\xE9z");  // Latin-1
  EXPECT_EQ(printable(std::string_view("a\0b\x1B[31m\n", 9)), "a\\x00b\\x1B[31m\\x0A");
  EXPECT_EQ(printable("\xC0\xAF"), "\\xC0\\xAF");                    // "/" in two bytes
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // half of a surrogate pair
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // beyond the last character
  EXPECT_EQ(printable("\xE5\x8D"), "\\xE5\\x8D");                    // cut off
  EXPECT_EQ(printable("\xC2\x9B"), "\\xC2\\x9B");                    // a control character of terminals
}

TEST(Printable, long_names_are_cut_between_characters) { EXPECT_EQ(printable("ÄÄÄÄ", 3), "ÄÄ..."); }

TEST(Printable, lines_and_tabs_of_a_message_stay) {
  EXPECT_EQ(printable_lines("a\n\tb\r\x1B]0;title\x07"), "a\n\tb\\x0D\\x1B]0;title\\x07");
}

TEST(Utf8, is_told_from_other_encodings) {
  for (const char* text : {"", "Größe", "\x1B[31m", "\U0001F600"}) EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"caf\xE9", "\xC0\xAF", "\xED\xA0\x80", "\xE5\x8D"}) EXPECT_FALSE(is_utf8(text));
}

// Every string of two bytes, and what JSON makes of it.
TEST(Printable, is_always_text_for_json) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      EXPECT_NO_THROW(nlohmann::json(printable(text)).dump()) << a << " " << b;
      EXPECT_NO_THROW(json_text(nlohmann::json{text})) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace sluice
