// SPDX-License-Identifier: Apache-2.0
// sluice manual [VERB]: the manual page of the command or of a verb, from the same words as -h.
//
//   sluice manual plan | man -l -
//   sluice manual -o share/man/man1     all pages as files
#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "apps/cli/option_table.hpp"
#include "apps/cli/overview.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::string verb;
  std::filesystem::path output;
};

// Text for troff: dashes stay dashes, and no line begins with a request.
std::string troff(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\')
      safe += "\\e";
    else if (c == '-')
      safe += "\\-";
    else if ((c == '.' || c == '\'') && (safe.empty() || safe.back() == '\n'))
      safe += std::string("\\&") + c;
    else
      safe += c;
  }
  return safe;
}

std::string option_entry(const OptionWords& option) {
  std::string names;
  for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + ("\\fB" + troff(name) + "\\fR");
  if (!option.is_argument && !option.value.empty()) names += " \\fI" + troff(option.value) + "\\fR";
  std::string what = option.what;
  if (!option.choices.empty()) {
    what += "; one of";
    for (const std::string& choice : option.choices) what += (&choice == &option.choices.front() ? " " : ", ") + choice;
  }
  if (!option.standard.empty()) what += "; without it " + option.standard;
  return ".TP\n" + names + "\n" + troff(what) + "\n";
}

std::string synopsis(const std::string& name, const VerbWords& words) {
  std::string line = ".B " + troff(name) + "\n";
  if (!words.verbs.empty()) line += "\\fIVERB\\fR ";
  for (const OptionWords& option : words.options)
    if (option.is_argument)
      line +=
          option.is_required ? "\\fI" + troff(option.names[0]) + "\\fR " : "[\\fI" + troff(option.names[0]) + "\\fR] ";
  return line + "[options]\n";
}

std::string page_of(const std::string& name, const VerbWords& words, bool is_command) {
  std::string dashed = name;
  for (char& c : dashed)
    if (c == ' ') c = '-';
  std::string page = fmt::format(".TH {} 1 \"\" \"{}\" \"Sluice\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}",
                                 troff(dashed), kVersion, troff(dashed), troff(words.what), synopsis(name, words));
  for (const VerbWords& verb : words.verbs) {
    if (&verb == &words.verbs.front()) page += ".SH VERBS\n";
    page += ".TP\n\\fB" + troff(verb.name) + "\\fR\n" + troff(verb.what) + "\n";
  }
  page += ".SH OPTIONS\n";
  for (const OptionWords& option : words.options) page += option_entry(option);
  if (!is_command) {
    for (const VerbWords& verb : words.verbs) {
      page += ".SS " + troff(verb.name) + "\n";
      for (const OptionWords& option : verb.options) page += option_entry(option);
    }
  }
  page +=
      ".SH EXIT STATUS\n0 done; 1 the input cannot be done; 2 the machine failed; 3 a bug in Sluice; 128 + n ended by "
      "signal n.\n.SH SEE ALSO\n";
  return page + (is_command ? "Each verb has a page: sluice\\-plan(1) and so on.\n" : "sluice(1)\n");
}

Result<std::string> one_page(const VerbWords& command, const std::string& name) {
  if (name.empty()) return page_of("sluice", command, true);
  for (const VerbWords& verb : command.verbs)
    if (verb.name == name) return page_of("sluice " + verb.name, verb, false);
  return check_verb(name, all_verbs()).error();
}

Status write_pages(const VerbWords& command, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return user_error("{}: no folder can be made there: {}", folder.string(), failed.message());
  SLUICE_CHECK(replace_file(folder / "sluice.1", page_of("sluice", command, true)));
  for (const VerbWords& verb : command.verbs)
    SLUICE_CHECK(replace_file(folder / ("sluice-" + verb.name + ".1"), page_of("sluice " + verb.name, verb, false)));
  return ok();
}

}  // namespace

Run verb_manual(Command command, const Common&) {
  auto options = std::make_shared<Options>();
  command.add_option("verb", options->verb, "whose page; without it the command's own");
  command.add_option("-o,--output", options->output, "instead: write all pages as files into this folder");
  return [=]() -> Status {
    const VerbWords words = words_of_command(command);
    if (!options->output.empty()) return write_pages(words, options->output);
    const std::string page = SLUICE_TRY(one_page(words, options->verb));
    std::cout << page;
    return ok();
  };
}

}  // namespace sluice::cli
