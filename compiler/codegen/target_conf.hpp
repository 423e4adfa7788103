// SPDX-License-Identifier: Apache-2.0
// build_fpga.conf: what build_fpga.sh (device/build_fpga.sh) is told of the bundle that it stands in.
//
// Before: what the plan was made for. After: lines of shell assignments, whose values hold no word that a shell reads.
#pragma once

#include <string>

#include "runtime/base/status.hpp"

namespace sluice {

struct BuildTarget {
  std::string board;   // the name for aoc -board; empty: the user says it
  std::string family;  // of the device: arria10, stratix10, agilex7; empty: not known
  double clock_mhz = 0;
  long memory_banks = 1;  // of the board; two or more are used apart, one for what is read, one for what is written
};

Result<std::string> build_conf(const BuildTarget& target);

}  // namespace sluice
