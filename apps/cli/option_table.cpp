// SPDX-License-Identifier: Apache-2.0
// Reads CLI11's App (see option_table.hpp).
#include "apps/cli/option_table.hpp"

#include <CLI/CLI.hpp>

namespace sluice::cli {
namespace {

// "TEXT:{fixed,target-fps}": a type, and what IsMember says of itself.
void split_type(const std::string& type, OptionWords& words) {
  const std::size_t open = type.find(":{"), close = type.rfind('}');
  words.value = type.substr(0, type.find(':'));
  if (open == std::string::npos || close == std::string::npos) return;
  std::string list = type.substr(open + 2, close - open - 2);
  for (std::size_t comma = 0; comma != std::string::npos;) {
    comma = list.find(',');
    words.choices.push_back(list.substr(0, comma));
    if (comma != std::string::npos) list.erase(0, comma + 1);
  }
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords words;
  for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  words.is_argument = words.names.empty();
  if (words.is_argument) words.names.push_back(option.get_name(true));
  if (option.get_items_expected_max() > 0) split_type(option.get_type_name(), words);
  words.what = option.get_description();
  words.standard = option.get_default_str();
  words.is_required = option.get_required();
  words.takes_many = option.get_items_expected_max() > 1;
  return words;
}

VerbWords words_of(CLI::App& app) {
  VerbWords words{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) words.options.push_back(words_of(*option));
  for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; })) words.verbs.push_back(words_of(*verb));
  return words;
}

}  // namespace

VerbWords words_of_command(Command verb) { return words_of(*verb.app().get_parent()); }

}  // namespace sluice::cli
