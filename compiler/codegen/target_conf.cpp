// SPDX-License-Identifier: Apache-2.0
// Writes the assignments, after a look at what a shell would make of their values.
#include "compiler/codegen/target_conf.hpp"

#include <algorithm>
#include <cctype>

#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

bool is_plain(const std::string& word) {
  return std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; });
}

}  // namespace

Result<std::string> build_conf(const BuildTarget& target) {
  if (!is_plain(target.board))
    return user_error("board name \"{}\" for aoc: letters, digits, _ - and . are possible", target.board);
  if (!is_plain(target.family)) return user_error("family \"{}\": letters, digits, _ - and .", target.family);
  return fmt::format(
      "# made by sluice plan; build_fpga.sh reads it\nBOARD={}\nFAMILY={}\nCLOCK_MHZ={:.0f}\nMEMORY_BANKS={}\n",
      target.board, target.family, target.clock_mhz, target.memory_banks);
}

}  // namespace sluice
