// SPDX-License-Identifier: Apache-2.0
// What the kernels and streams of a netlist cost: estimated, of what is built, not of what a menu thought.
//
// The idea: a kernel's numbers and the lanes of its streams are an EngineShape; the model does the rest. A stream
// counts for the layer of the kernel that writes it. What belongs to no layer (source, sink, forks, collector) is
// `shared`.
//
// Before: the netlist is built from the network. After: sums agree: total = layers + shared.
#pragma once

#include <vector>

#include "compiler/model/engine_resources.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

struct NetlistResources {
  std::vector<Resources> kernels;  // each with the streams it writes
  std::vector<Resources> layers;
  Resources shared, total;
};

EngineShape shape_of(const IntegerNetwork& network, const Netlist& netlist, const Kernel& kernel);

NetlistResources netlist_resources(const IntegerNetwork& network, const Netlist& netlist, const ResourceModel& model);

}  // namespace sluice
