// SPDX-License-Identifier: Apache-2.0
// OptionTable: what a verb declared on its Command, to be read again.
//
// Why: help, manual pages and completion must name the same options; they are declared once, in the verbs. The idea:
// ask CLI11's App for what it holds, so that only one file knows that library's words.
//
// Before: all verbs are declared. After: verbs in the order of the help, options in that of their declaration.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/arguments.hpp"

namespace sluice::cli {

struct OptionWords {
  std::vector<std::string> names;  // "-o", "--output"; of an argument without a dash its name alone
  std::string value;               // "TEXT", "UINT"; empty: a flag
  std::string what;
  std::string standard;              // what it is if it is not given; may be empty
  std::vector<std::string> choices;  // all that it takes; empty: not a list
  bool is_argument = false, is_required = false, takes_many = false;
};

struct VerbWords {
  std::string name, what;
  std::vector<OptionWords> options;
  std::vector<VerbWords> verbs;  // beneath it
};

// Of the command that `verb` belongs to.
VerbWords words_of_command(Command verb);

}  // namespace sluice::cli
