// SPDX-License-Identifier: Apache-2.0
// Kernels and streams, layer by layer (see layer_kernels.hpp).
#include "compiler/pipeline/layer_kernels.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/pipeline/engine_inputs.hpp"
#include "compiler/pipeline/engine_kernels.hpp"
#include "compiler/pipeline/input_kernels.hpp"
#include "compiler/pipeline/map_forks.hpp"
#include "compiler/pipeline/netlist_draft.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

class Maker {
 public:
  Maker(const IntegerNetwork& network, const LayerConfigs& configs)
      : network_(network), draft_(network, configs), forks_(network, draft_.netlist) {}

  Netlist make() {
    const int pixels = source_pixels();
    const int lanes = pixels > 1 ? pixels * network_.input.channels : lanes_for(network_.input.channels);
    int stream = draft_.add_map_stream("source", network_.input_bits, network_.input, lanes);
    draft_.netlist.kernels.push_back({"source", KernelKind::source, 0, -1, {}, {stream}, {}});
    forks_.distribute(kNetworkInput, stream, "input");
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      stream = make_layer(static_cast<int>(i));
      forks_.distribute(static_cast<int>(i), stream, network_.layers[i].name);
    }
    const Stream& last = draft_.netlist.streams[stream];
    draft_.netlist.kernels.push_back(
        {"sink", KernelKind::sink, 0, -1, {stream}, {}, {{Number::beats, static_cast<int>(last.beats)}}});
    add_collector();
    return std::move(draft_.netlist);
  }

 private:
  // P of the layer that reads the network's input; the others have 1.
  int source_pixels() const {
    int pixels = 1;
    for (const LayerConfig& config : draft_.configs) pixels = std::max(pixels, config.pixels);
    return pixels;
  }

  // Adds the kernels of one layer; returns the stream of its output map.
  int make_layer(int index) {
    const Layer& layer = network_.layers[index];
    const KernelKind kind = layer.kind == LayerKind::conv ? draft_.config(index).engine : kernel_computing(layer.kind);
    Kernel kernel{layer.name + "_" + op_of(kind), kind, 0, index, {}, {}, {}};
    if (operand_count(layer.kind) == 2)
      make_join(index, kernel);
    else
      kernel.inputs = make_input(index, forks_.arrival(index, 0), kernel);
    return add_engine(draft_, kernel);
  }

  // Kernels before a layer with one operand, and its numbers; returns what it, or each of its copies, reads.
  std::vector<int> make_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const LayerConfig& config = draft_.config(index);
    if (is_engine(kernel.kind)) return add_engine_input(draft_, index, stream, kernel);
    stream = add_width(draft_, index, 0, stream, config.filters);
    const int lanes = draft_.lanes_of(stream, index);
    kernel.numbers = layer_record(layer.kind).kernel_numbers.get()(layer, lanes, 0);
    if (!has_window(layer.kind)) return {stream};
    return add_window(draft_, index, KernelKind::window, stream, lanes, 1);
  }

  // Inputs and numbers of a kernel with two operands.
  void make_join(int index, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int first = forks_.arrival(index, 0), second = forks_.arrival(index, 1);
    const int lanes =
        draft_.out_lanes(index, std::gcd(draft_.netlist.streams[first].lanes, draft_.netlist.streams[second].lanes));
    kernel.inputs = {add_width(draft_, index, 0, first, lanes), add_width(draft_, index, 1, second, lanes)};
    kernel.numbers = layer_record(layer.kind).kernel_numbers.get()(layer, lanes, 0);
    if (layer.kind == LayerKind::scale) std::swap(kernel.inputs[0], kernel.inputs[1]);  // gates come on port A
  }

  // One collector for the records of all sparse engines, in network order.
  void add_collector() {
    Kernel collector{"collector", KernelKind::collector, 0, -1, {}, {}, {}};
    for (const Kernel& kernel : draft_.netlist.kernels) {
      if (is_sparse(kernel.kind)) collector.inputs.push_back(kernel.outputs[1]);
    }
    if (!collector.inputs.empty()) draft_.netlist.kernels.push_back(collector);
  }

  const IntegerNetwork& network_;
  NetlistDraft draft_;
  MapForks forks_;
};

}  // namespace

Netlist layer_kernels(const IntegerNetwork& network, const LayerConfigs& configs) {
  return Maker(network, configs).make();
}

}  // namespace sluice
