// SPDX-License-Identifier: Apache-2.0
// Command: what a verb declares its arguments on; a thin face of CLI11's App.
//
// Why: CLI11 is a header of templates, and a verb that included it took ten seconds to compile. Only arguments.cpp,
// command.cpp and what calls them include it. A verb sees these few functions, which say what those of CLI11 say.
//
// Before: the App outlives every Command and Option made from it. After: the options belong to the App; copies are the
// same.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sluice::cli {

// One option or positional argument. Each function returns it again, to go on with.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required() const;
  Option capture_default_str() const;
  Option excludes(Option other) const;
  Option delimiter(char between) const;
  Option range(int least, int most) const;
  Option range(double least, double most) const;
  Option positive() const;
  Option one_of(const std::vector<std::string>& words) const;

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  // `value` is written while the command line is parsed. Instantiated in arguments.cpp for the types that verbs use.
  template <typename T>
  Option add_option(const std::string& name, T& value, const std::string& what) const;
  Option add_flag(const std::string& name, bool& value, const std::string& what) const;
  Command add_subcommand(const std::string& name, const std::string& what) const;
  void require_subcommand(std::size_t least, std::size_t most) const;
  // Options that this sub-command does not know belong to its parent.
  void fallthrough() const;

  // How often the option was given, and whether this sub-command was.
  std::size_t count(const std::string& name) const;
  bool is_given() const;

  // For what reads declarations again (option_table.hpp).
  CLI::App& app() const { return *app_; }

 private:
  CLI::App* app_;
};

}  // namespace sluice::cli
