// SPDX-License-Identifier: Apache-2.0
// Whether a generated program keeps the rules of the language; `plan` asks before it writes a bundle.
//
// Before: the files of a program, and its netlist. After: Fault::bug with rule, file and line of each breach (the
// program is ours), or what is worth telling.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice::language {

struct ProgramCheck {
  bool is_read = false;  // false: this machine has no clang 14, and only the netlist was looked at
  std::vector<std::string>
      known;  // arrays that are expected to be slower on a board than planned, each kernel file once
};

Result<ProgramCheck> check_program(const std::map<std::string, std::string>& files, const Netlist& netlist);

}  // namespace sluice::language
