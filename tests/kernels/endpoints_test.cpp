// SPDX-License-Identifier: Apache-2.0
// In every kernel file a port has exactly one call site, as aoc demands, and one BEGIN and END of its own.
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "runtime/base/file.hpp"
#include "tests/kernels/kernel_files.hpp"

namespace sluice::test {
namespace {

std::string without_comments(std::string text) {
  for (std::size_t at; (at = text.find("/*")) != std::string::npos;) text.erase(at, text.find("*/", at) + 2 - at);
  return text;
}

// How often WORD(port...) stands in the text, by port.
std::map<std::string, int> calls(const std::string& text, const std::string& word) {
  std::map<std::string, int> counts;
  const std::regex pattern("\\b" + word + "\\((\\w+)");
  for (std::sregex_iterator hit(text.begin(), text.end(), pattern), end; hit != end; ++hit) ++counts[(*hit)[1]];
  return counts;
}

int count_of(const std::string& text, const std::string& words) {
  int count = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

class KernelText : public ::testing::TestWithParam<std::string> {};

TEST_P(KernelText, reads_and_writes_each_port_at_one_place) {
  const std::string text = without_comments(read_file(kernel_file(GetParam())).value());
  const auto from = calls(text, "FROM"), to = calls(text, "TO");
  auto reads = calls(text, "READ"), writes = calls(text, "WRITE");
  if (count_of(text, "SLUICE_SCANNER_TAKE") > 0) reads["IN"] = count_of(text, "SLUICE_SCANNER_TAKE");  // lib/scanner.h
  EXPECT_EQ(from, reads);
  EXPECT_EQ(to, writes);
  for (const auto& counts : {from, to}) {
    for (const auto& [port, count] : counts) EXPECT_EQ(count, 1) << port;
  }
  EXPECT_EQ(calls(text, "BEGIN"), from);
  EXPECT_EQ(calls(text, "BEGIN_OUT"), to);
  EXPECT_EQ(calls(text, "END"), to);
  // A list of streams (line buffers, gather, requantise, collector) is read or written at one place per stream, by one
  // macro, which may be one of lib/copies.h.
  const bool has_list = text.find("P_STREAMS(") != std::string::npos;
  int places = count_of(text, "P_STREAMS(SLUICE_GIVE)") + count_of(text, "P_STREAMS(SLUICE_TAKE)");
  for (const char* word : {"READ_NAMED", "READ_LISTED", "WRITE_LISTED"}) {
    for (const auto& [stream, count] : calls(text, word)) places += count;
  }
  EXPECT_EQ(places, has_list ? 1 : 0);
  EXPECT_GE(from.size() + to.size() + has_list, 1u);
}

TEST_P(KernelText, spells_no_vendor_word_outside_the_stream_header) {
  const std::string text = without_comments(read_file(kernel_file(GetParam())).value());
  for (const char* word : {"_intel", "__attribute__", "autorun", "SLUICE_DIALECT"}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
  EXPECT_NE(text.find("#include \"lib/end_layer.h\""), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(each, KernelText, ::testing::ValuesIn(operators()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice::test
