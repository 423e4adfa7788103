// SPDX-License-Identifier: Apache-2.0
// sluice completion bash: a script with which bash completes verbs, options and what they take.
//
//   source <(sluice completion bash)
//
// Where the command is installed, bash finds it by itself.
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/option_table.hpp"
#include "apps/cli/verb.hpp"
#include "bsp/board.hpp"
#include "runtime/base/file.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::string shell;
  std::filesystem::path output;
};

// All that may follow an option; empty: a file, or anything.
Result<std::vector<std::string>> values_of(const OptionWords& option) {
  std::vector<std::string> values = option.choices;
  if (option.names.back() == "--board") {
    const auto boards = SLUICE_TRY(bsp::known_boards());
    for (const bsp::Board& board : boards) values.push_back(board.name);
  } else if (option.names.back() == "--budget") {
    const auto budgets = SLUICE_TRY(bsp::known_budgets());
    for (const bsp::MultiplierBudget& budget : budgets) values.push_back(budget.name);
  }
  return values;
}

// Lines of two case statements: the options of the verb, and what each may be followed by.
Status add_cases(const VerbWords& verb, std::string& options, std::string& values) {
  std::vector<std::string> names;
  for (const VerbWords& beneath : verb.verbs) names.push_back(beneath.name);
  for (const OptionWords& option : verb.options) {
    if (option.is_argument) continue;
    names.insert(names.end(), option.names.begin(), option.names.end());
    const std::vector<std::string> follow = SLUICE_TRY(values_of(option));
    if (follow.empty()) continue;
    for (const std::string& name : option.names)
      values += fmt::format("    {}:{}) words=\"{}\" ;;\n", verb.name, name, fmt::join(follow, " "));
  }
  options += fmt::format("    {}) words=\"{}\" ;;\n", verb.name, fmt::join(names, " "));
  return ok();
}

Result<std::string> bash_script(const VerbWords& command) {
  std::string verbs, options, values;
  for (const VerbWords& verb : command.verbs) {
    verbs += (verbs.empty() ? "" : " ") + verb.name;
    SLUICE_CHECK(add_cases(verb, options, values));
  }
  return fmt::format(
      "# Completion of sluice for bash, made by `sluice completion bash`.\n"
      "_sluice() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} words=\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"{} -h --help --version\" -- \"$word\")\n"
      "    return\n"
      "  fi\n"
      "  case \"$verb:$before\" in\n{}  esac\n"
      "  if [ -z \"$words\" ]; then\n"
      "    case \"$verb\" in\n{}    esac\n"
      "  fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
      "}}\n"
      "complete -o bashdefault -o default -F _sluice sluice\n",
      verbs, values, options);
}

}  // namespace

Run verb_completion(Command command, const Common&) {
  auto options = std::make_shared<Options>();
  command.add_option("shell", options->shell, "bash").required().one_of({"bash"});
  command.add_option("-o,--output", options->output, "file to write; without it standard output");
  return [=]() -> Status {
    const std::string script = SLUICE_TRY(bash_script(words_of_command(command)));
    if (!options->output.empty()) return replace_file(options->output, script);
    std::cout << script;
    return ok();
  };
}

}  // namespace sluice::cli
