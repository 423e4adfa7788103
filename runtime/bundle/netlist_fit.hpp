// SPDX-License-Identifier: Apache-2.0
// The part of Netlist::validate() that compares a netlist with its network, number by number.
//
// Before: the network is valid; the netlist is a well-formed graph of known kernels. After: every layer is computed by
// one kernel or by copies that share its pixels, fed by the right layers, with numbers and streams that fit its shapes.
#pragma once

#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

Status check_fit(const IntegerNetwork& network, const Netlist& netlist);

}  // namespace sluice
