// SPDX-License-Identifier: Apache-2.0
// A netlist as text, for the stand-in board's binaries.
//
// Why: the board runs the program with the queues and threads of the threads driver, which want a netlist; it has no
// bundle. Text is read by the build that wrote it. Before: a valid netlist. After: the same one.
#pragma once

#include <string>

#include "runtime/bundle/netlist.hpp"

namespace sluice::board {

std::string netlist_to_text(const Netlist& netlist);
Netlist netlist_from_text(const std::string& text);

}  // namespace sluice::board
