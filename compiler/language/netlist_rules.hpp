// SPDX-License-Identifier: Apache-2.0
// Rules that the netlist alone can answer, and whether the program says what the netlist says.
//
// Why: they hold on a machine without clang, too. The program's channels must be the netlist's streams with their
// depths, since those depths are what the simulator has proven enough.
//
// Before: a valid netlist. After: breaches in words.
#pragma once

#include "compiler/language/rules.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice::language {

std::vector<std::string> netlist_breaches(const Netlist& netlist);
std::vector<Breach> differences(const Netlist& netlist, const Program& program);

}  // namespace sluice::language
