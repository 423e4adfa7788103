// SPDX-License-Identifier: Apache-2.0
// Manual pages and completion name every verb and option that -h names.
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/apps/cli/commands.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

// Names of the options that a help lists, each at the head of its line: "  -o,--output TEXT  ...".
std::vector<std::string> options_of(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    std::istringstream head(line.substr(2, line.find(' ', 2) - 2));
    for (std::string name; std::getline(head, name, ',');) names.push_back(name);
  }
  return names;
}

// As troff has to be told them.
std::string dashed(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '-' ? "\\-" : std::string(1, c);
  return text;
}

std::string completed_words(const std::string& script, const std::string& verb) {
  const std::string start = "    " + verb + ") words=\"";
  const std::size_t from = script.find(start);
  if (from == std::string::npos) return {};
  return script.substr(from + start.size(), script.find('"', from + start.size()) - from - start.size());
}

TEST(Words, manual_and_completion_hold_each_option_of_the_help) {
  const Finished completion = command({"completion", "bash"});
  ASSERT_EQ(completion.status, 0) << completion.err;
  for (const cli::Verb& verb : cli::all_verbs()) {
    SCOPED_TRACE(verb.name);
    const Finished manual = command({"manual", verb.name});
    ASSERT_EQ(manual.status, 0) << manual.err;
    EXPECT_THAT(manual.out, AllOf(HasSubstr(".SH NAME\nsluice\\-" + dashed(verb.name)), HasSubstr(".SH EXIT STATUS")));
    const std::string words = " " + completed_words(completion.out, verb.name) + " ";
    const std::vector<std::string> options = options_of(command({verb.name, "-h"}).out);
    EXPECT_THAT(options, AllOf(Contains("-h"), Contains("--help"), Contains("--seed")));
    for (const std::string& name : options) {
      EXPECT_THAT(manual.out, HasSubstr("\\fB" + dashed(name) + "\\fR"));
      EXPECT_THAT(words, HasSubstr(" " + name + " "));
    }
  }
}

// A verb whose words would be taken for requests and escapes of troff.
cli::Run odd_verb(cli::Command command, const cli::Common&) {
  static int count = 7;
  static std::string kind;
  static std::filesystem::path file;
  command.add_option("-q,--quaint", count, ".TH of its own: a \\ and -1").capture_default_str();
  command.add_option("--kind", kind, "'kind' of it").one_of({"b", "c"});
  command.add_option("file", file, "a file").required();
  command.add_subcommand("under", "beneath it").add_option("--deep", file, "of what is beneath");
  return [] { return ok(); };
}

std::vector<cli::Verb> with_odd_verb() {
  std::vector<cli::Verb> verbs(cli::all_verbs().begin(), cli::all_verbs().end());
  verbs.push_back({"odd", "a verb of this test", nullptr, odd_verb});
  return verbs;
}

TEST(Words, a_manual_says_all_that_was_declared_and_nothing_is_troffs) {
  const Finished manual = command({"manual", "odd"}, with_odd_verb());
  ASSERT_EQ(manual.status, 0) << manual.err;
  for (const char* text :
       {".B sluice odd\n\\fIVERB\\fR \\fIfile\\fR [options]\n", ".TP\n\\fBunder\\fR\nbeneath it\n",
        ".TP\n\\fB\\-q\\fR, \\fB\\-\\-quaint\\fR \\fIINT\\fR\n\\&.TH of its own: a \\e and \\-1; without it 7\n",
        ".TP\n\\fB\\-\\-kind\\fR \\fITEXT\\fR\n\\&'kind' of it; one of b, c\n", ".TP\n\\fBfile\\fR\na file\n",
        ".SS under\n", "\\fB\\-\\-deep\\fR \\fITEXT\\fR\nof what is beneath\n"})
    EXPECT_THAT(manual.out, HasSubstr(text));
}

TEST(Words, completion_offers_verbs_beneath_and_options_but_no_arguments) {
  const std::string script = command({"completion", "bash"}, with_odd_verb()).out;
  EXPECT_EQ(completed_words(script, "odd"), "under -h --help --json --quiet --seed --version -q --quaint --kind");
  EXPECT_THAT(script, HasSubstr("    odd:--kind) words=\"b c\" ;;\n"));
}

TEST(Words, completion_knows_boards_and_choices_and_is_a_script) {
  const std::string script = command({"completion", "bash"}).out;
  EXPECT_THAT(script, AllOf(HasSubstr("plan:--board) words=\"385a"), HasSubstr("plan:--budget) words=\"kv260"),
                            HasSubstr("classify:--policy) words=\"fixed target-fps min-accuracy\"")));
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
  for (const cli::Verb& verb : cli::all_verbs()) {
    const std::string page = "sluice-" + std::string(verb.name) + ".1";
    EXPECT_EQ(read_file(scratch.path() / "man1" / page).value(), command({"manual", verb.name}).out);
  }
  EXPECT_THAT(read_file(scratch.path() / "man1/sluice.1").value(), HasSubstr(".SH VERBS"));
  const Finished unknown = command({"manual", "plam"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("the nearest is plan"));
}

}  // namespace
}  // namespace sluice::test
