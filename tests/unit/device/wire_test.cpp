// SPDX-License-Identifier: Apache-2.0
// What travels between host and kernels is what this version of it is known to be.
//
// Why: a bitstream outlives the program that planned it, and SLUICE_KERNEL_VERSION is all that tells one layout from
// another. So a change of contract/wire.h, or of what the host loads into a kernel, must not keep the version. The
// idea: wire_golden.txt holds, for each version, a hash of every part. A part of today that differs from its line of
// today's version fails; another version has lines of its own. A kernel that is new adds its line.
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "device/contract/version.h"
#include "device/contract/wire.h"
#include "device/device_files.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"
#include "tests/unit/device/layout_samples.hpp"

namespace sluice::test {
namespace {

// The text without comments, line ends that continue, and blanks that mean nothing.
std::string meaning_of(const std::string& text) {
  std::string code;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "/*") == 0) {
      at = text.find("*/", at) + 2;
      code += ' ';
    } else if (text.compare(at, 2, "\\\n") == 0) {
      at += 2;
    } else {
      code += text[at++];
    }
  }
  std::string meaning;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, kept;
    while (words >> word) kept += (kept.empty() ? "" : " ") + word;
    if (!kept.empty()) meaning += kept + "\n";
  }
  return meaning;
}

// Hashes of today, by part.
std::map<std::string, std::string> parts_of_today() {
  std::map<std::string, std::string> parts{
      {"contract/wire.h", sha256_hex(meaning_of(device_files().at("contract/wire.h")))}};
  for (const LayoutSample& sample : layout_samples()) parts["parameters of " + sample.name] = sha256_hex(sample.text);
  return parts;
}

// Lines "version  hash  part".
std::map<std::string, std::string> golden_parts(int wanted_version) {
  std::map<std::string, std::string> parts;
  std::istringstream lines(read_file(std::string(SLUICE_SOURCE_DIR) + "/tests/unit/device/wire_golden.txt").value());
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    int version = 0;
    std::string hash, part;
    words >> version >> hash >> std::ws;
    std::getline(words, part);
    if (version == wanted_version) {
      EXPECT_TRUE(parts.emplace(part, hash).second) << part << " stands twice";
    }
  }
  return parts;
}

TEST(Wire, is_what_its_version_says) {
  const std::map<std::string, std::string> golden = golden_parts(SLUICE_KERNEL_VERSION), today = parts_of_today();
  for (const auto& [part, hash] : today) {
    const auto known = golden.find(part);
    const std::string line = fmt::format("{}  {}  {}", SLUICE_KERNEL_VERSION, hash, part);
    if (known == golden.end())
      ADD_FAILURE() << "version " << SLUICE_KERNEL_VERSION << " has no line for this part; if it is right, add\n"
                    << line;
    else
      EXPECT_EQ(known->second, hash)
          << part << " has changed. Bitstreams of version " << SLUICE_KERNEL_VERSION << " would misread it: raise "
          << "SLUICE_KERNEL_VERSION in device/contract/version.h and add all lines of the new version";
  }
  for (const auto& [part, hash] : golden)
    EXPECT_EQ(today.count(part), 1u) << part << " is gone: raise SLUICE_KERNEL_VERSION";
}

TEST(Wire, holds_a_sample_of_every_kernel_that_is_loaded) {
  std::set<std::string> sampled;
  for (const LayoutSample& sample : layout_samples()) {
    sampled.insert(sample.op);
    EXPECT_THAT(sample.text, ::testing::HasSubstr("table ")) << sample.name << " is sent nothing";
  }
  for (const auto& [path, text] : device_files()) {
    const std::string op = path.rfind("kernels/", 0) == 0 ? path.substr(8, path.find('/', 8) - 8) : "";
    if (op.empty() || text.find("SLUICE_SELECT(") == std::string::npos) continue;
    EXPECT_EQ(sampled.count(op), 1u) << path << " takes parameters; give layout_samples.cpp an instance of it";
  }
}

TEST(Wire, meaning_is_without_comments_and_blanks) {
  EXPECT_EQ(meaning_of("/* head */\n#define A  1 /* one\n more */\n\n  #define B(x) \\\n  (x)\n"),
            "#define A 1\n#define B(x) (x)\n");
  EXPECT_NE(meaning_of("#define A1 2\n"), meaning_of("#define A 12\n"));
}

TEST(Wire, words_are_composed_and_taken_apart_alike) {
  const unsigned address = ADDRESS_WORD(MOST_KERNELS, TABLE_MULTIPLIER, ADDRESS_ROWS - 1);
  EXPECT_EQ(ADDRESS_KERNEL(address), MOST_KERNELS);
  EXPECT_EQ(ADDRESS_TABLE(address), TABLE_MULTIPLIER);
  EXPECT_EQ(ADDRESS_ROW(address), ADDRESS_ROWS - 1);
  const unsigned header = HEADER_WORD(0x123456789abcull, TABLE_ROWS - 1);
  EXPECT_EQ(header & 0xffff, 0x9abcu);
  EXPECT_EQ(HEADER_ROW(header), TABLE_ROWS - 1);
  EXPECT_EQ(header & HEADER_ERROR, 0u);
}

}  // namespace
}  // namespace sluice::test
