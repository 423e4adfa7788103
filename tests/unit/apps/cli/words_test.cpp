// SPDX-License-Identifier: Apache-2.0
// Manual pages and completion name every verb and option that -h names.
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/apps/cli/commands.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// All that begins with two dashes in a help.
std::vector<std::string> long_options(const std::string& help) {
  std::vector<std::string> names;
  for (std::size_t at = help.find(" --"); at != std::string::npos; at = help.find(" --", at + 1)) {
    const std::size_t end = help.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", at + 3);
    names.push_back(help.substr(at + 1, end - at - 1));
  }
  return names;
}

std::string undashed(std::string page) {
  for (std::size_t at; (at = page.find("\\-")) != std::string::npos;) page.replace(at, 2, "-");
  return page;
}

TEST(Words, manual_and_completion_hold_each_option_of_the_help) {
  const Finished completion = command({"completion", "bash"});
  ASSERT_EQ(completion.status, 0) << completion.err;
  for (const cli::Verb& verb : cli::all_verbs()) {
    SCOPED_TRACE(verb.name);
    const Finished manual = command({"manual", verb.name});
    ASSERT_EQ(manual.status, 0) << manual.err;
    const std::string page = undashed(manual.out);
    EXPECT_THAT(page, AllOf(HasSubstr(".SH NAME\nsluice-" + std::string(verb.name)), HasSubstr(".SH EXIT STATUS")));
    const std::string start = std::string("    ") + verb.name + ") words=\"";
    const std::size_t from = completion.out.find(start);
    ASSERT_NE(from, std::string::npos);
    const std::string words = completion.out.substr(from, completion.out.find('\n', from) - from);
    // A name in a sentence that is another verb's option is none of this one.
    const std::string help = command({verb.name, "-h"}).out;
    for (std::size_t at = help.find("\n  -"); at != std::string::npos; at = help.find("\n  -", at + 1)) {
      const std::vector<std::string> names =
          long_options(" " + help.substr(at + 3, help.find_first_of("\n ", at + 3) - at - 3));
      for (const std::string& name : names) {
        EXPECT_THAT(page, HasSubstr("\\fB" + name + "\\fR"));
        EXPECT_THAT(words, HasSubstr(name));
      }
    }
  }
}

TEST(Words, completion_knows_boards_and_choices_and_is_a_script) {
  const std::string script = command({"completion", "bash"}).out;
  EXPECT_THAT(script, AllOf(HasSubstr("plan:--board) words=\"385a"),
                            HasSubstr("classify:--policy) words=\"fixed target-fps\"")));
  Scratch scratch;
  ASSERT_TRUE(write_file(scratch.path() / "sluice.bash", script));
  const auto completed = [&](const std::string& words, int position) {
    const std::string line = "bash -c '. " + (scratch.path() / "sluice.bash").string() + "; COMP_WORDS=(" + words +
                             "); COMP_CWORD=" + std::to_string(position) + "; _sluice; echo ${COMPREPLY[*]}' > " +
                             (scratch.path() / "told").string();
    EXPECT_EQ(std::system(line.c_str()), 0);
    return read_file(scratch.path() / "told").value();
  };
  EXPECT_EQ(completed("sluice cla", 1), "classify\n");
  EXPECT_EQ(completed("sluice plan --board pac", 3), "pac_a10\n");
  EXPECT_EQ(completed("sluice report b --no-s", 3), "--no-simulation\n");
  EXPECT_EQ(completed("sluice boards sh", 2), "show\n");
}

TEST(Words, all_manual_pages_are_written_at_once) {
  Scratch scratch;
  ASSERT_EQ(command({"manual", "-o", (scratch.path() / "man1").string()}).status, 0);
  for (const cli::Verb& verb : cli::all_verbs())
    EXPECT_TRUE(std::filesystem::exists(scratch.path() / "man1" / ("sluice-" + std::string(verb.name) + ".1")));
  EXPECT_THAT(read_file(scratch.path() / "man1/sluice.1").value(), HasSubstr(".SH VERBS"));
  const Finished unknown = command({"manual", "plam"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("the nearest is plan"));
}

}  // namespace
}  // namespace sluice::test
