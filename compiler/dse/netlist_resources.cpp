// SPDX-License-Identifier: Apache-2.0
// See netlist_resources.hpp.
#include "compiler/dse/netlist_resources.hpp"

#include <algorithm>

#include "compiler/dse/engine_ways.hpp"
#include "compiler/dse/network_menus.hpp"
#include "compiler/model/engine_memories.hpp"
#include "device/contract/wire.h"

namespace sluice {
namespace {

int number_of(const Kernel& kernel, Number name, int otherwise) {
  const auto found = kernel.numbers.find(name);
  return found == kernel.numbers.end() ? otherwise : found->second;
}

}  // namespace

EngineShape shape_of(const IntegerNetwork& network, const Netlist& netlist, const Kernel& kernel) {
  EngineShape shape;
  shape.kind = kernel.kind;
  const Stream* in = kernel.inputs.empty() ? nullptr : &netlist.streams[std::size_t(kernel.inputs[0])];
  const Stream* out = kernel.outputs.empty() ? nullptr : &netlist.streams[std::size_t(kernel.outputs[0])];
  shape.in_lanes = in ? in->lanes : 1;
  shape.out_lanes = out ? out->lanes : 1;
  shape.data_bits = shape.weight_bits = network.input_bits;
  // Every kernel that is told a curve requantises, unless it sends sums.
  shape.sends_sums = sends_sums(kernel);
  if (kernel.numbers.count(Number::curve) != 0 && !shape.sends_sums) shape.requantised_lanes = shape.out_lanes;
  shape.has_curve = number_of(kernel, Number::curve, CURVE_NONE) != CURVE_NONE;
  shape.copies = number_of(kernel, Number::copies, 1);
  if (kernel.layer < 0) return shape;
  shape.data_bits = network.operand_bits(network.layers[std::size_t(kernel.layer)]);
  const LayerWork work = work_of(network.layers[std::size_t(kernel.layer)]);
  shape.index_bits = index_bits(work);
  shape.sum_bits = work.sum_bits, shape.kept_bits = work.kept_bits;
  shape.taps = number_of(kernel, Number::taps_h, 1) * number_of(kernel, Number::taps_w, 1);
  if (is_engine(shape.kind)) {
    shape.filters = shape.out_lanes;
    engine_ways(shape.kind).read_kernel.get()(kernel, shape);
  }
  shape.rams = memories_of(shape, work, shape.has_curve);
  return shape;
}

NetlistResources netlist_resources(const IntegerNetwork& network, const Netlist& netlist, const ResourceModel& model) {
  NetlistResources all;
  all.layers.resize(network.layers.size());
  for (const Kernel& kernel : netlist.kernels) {
    Resources cost = model.kernel(shape_of(network, netlist, kernel));
    for (const int s : kernel.outputs) {
      const Stream& stream = netlist.streams[std::size_t(s)];
      cost += model.queue(queue_of(stream.lanes, stream.element_bits, std::max(1, stream.depth)));
    }
    (kernel.layer < 0 ? all.shared : all.layers[std::size_t(kernel.layer)]) += cost;
    all.total += cost;
    all.kernels.push_back(cost);
  }
  return all;
}

}  // namespace sluice
