// SPDX-License-Identifier: Apache-2.0
// Kernels and streams, layer by layer (see layer_kernels.hpp).
#include "compiler/pipeline/layer_kernels.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/pipeline/engine_kernels.hpp"
#include "compiler/pipeline/input_kernels.hpp"
#include "compiler/pipeline/map_forks.hpp"
#include "compiler/pipeline/netlist_draft.hpp"

namespace sluice {
namespace {

// Products per cycle of a pair-sparse engine with M lanes: a third of them, the density at which t stays near 1.
int pair_multipliers(int lanes) { return std::max(1, (lanes + 2) / 3); }

std::string op_of(const Layer& layer, Engine engine) {
  if (layer.kind == LayerKind::depthwise) return "depthwise_dense";
  if (layer.kind != LayerKind::conv) return to_text(layer.kind);
  switch (engine) {
    case Engine::activation_sparse: return "conv_activation_sparse";
    case Engine::pair_sparse: return "conv_pair_sparse";
    case Engine::weight_sparse: return "conv_weight_sparse";
    case Engine::grouped_prefix: return "conv_grouped_prefix";
    case Engine::dense: break;
  }
  return "conv_dense";
}

class Maker {
 public:
  Maker(const IntegerNetwork& network, const LayerConfigs& configs) : network_(network), draft_(network, configs), forks_(network, draft_.netlist) {}

  Netlist make() {
    const int pixels = source_pixels();
    const int lanes = pixels > 1 ? pixels * network_.input.channels : lanes_for(network_.input.channels);
    int stream = draft_.add_map_stream("source", network_.input_bits, network_.input, lanes);
    draft_.netlist.kernels.push_back({"source", "source", 0, -1, {}, {stream}, {}});
    forks_.distribute(kNetworkInput, stream, "input");
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      stream = make_layer(static_cast<int>(i));
      forks_.distribute(static_cast<int>(i), stream, network_.layers[i].name);
    }
    const Stream& last = draft_.netlist.streams[stream];
    draft_.netlist.kernels.push_back({"sink", "sink", 0, -1, {stream}, {}, {{"BEATS", static_cast<int>(last.beats)}}});
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
    const std::string op = op_of(layer, draft_.config(index).engine);
    Kernel kernel{layer.name + "_" + op, op, 0, index, {}, {}, {}};
    if (operand_count(layer.kind) == 2) make_join(index, kernel);
    else kernel.inputs = {make_input(index, forks_.arrival(index, 0), kernel)};
    return add_engine(draft_, kernel);
  }

  // Kernels in front of a layer with one operand, and its numbers; returns what it (or its copies) reads.
  int make_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const LayerConfig& config = draft_.config(index);
    const int taps = std::max(1, config.taps);
    switch (layer.kind) {
      case LayerKind::conv:
        return make_convolution_input(index, stream, kernel);
      case LayerKind::depthwise: {
        const int wish = config.filters > 0 ? config.filters : config.codes / taps;
        stream = add_width(draft_, index, 0, stream, wish);
        kernel.numbers = {{"STEPS", taps_of(layer) / taps}, {"FILTER_GROUPS", layer.input.channels / draft_.lanes_of(stream, index)},
                          {"WEIGHT_BITS", network_.input_bits}};
        return add_window(draft_, index, "window", stream, draft_.lanes_of(stream, index) * taps, 1);
      }
      case LayerKind::global_average_pool:
        stream = add_width(draft_, index, 0, stream, config.filters);
        kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", layer.input.channels / draft_.lanes_of(stream, index)}};
        return stream;
      default:
        stream = add_width(draft_, index, 0, stream, config.filters);
        kernel.numbers = {{"STEPS", taps_of(layer)}};
        return add_window(draft_, index, "window", stream, draft_.lanes_of(stream, index), 1);
    }
  }

  int make_convolution_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const LayerConfig& config = draft_.config(index);
    const int filter_groups = layer.output.channels / draft_.out_lanes(index, 0);
    // Copies replay their windows themselves: one window stream could not feed them.
    const int replay = draft_.copies(index) == 1 ? filter_groups : 1;
    const int window = taps_of(layer) * layer.input.channels;
    const bool is_by_taps = config.engine == Engine::pair_sparse && taps_of(layer) > 1;
    const int taps = is_by_taps ? taps_of(layer) : std::max(1, config.taps);
    if (!is_by_taps) stream = add_width(draft_, index, 0, stream, config.codes / taps);
    const int lanes = is_by_taps ? taps : taps * draft_.lanes_of(stream, index);
    kernel.numbers = {{"FILTER_GROUPS", filter_groups}, {"WEIGHT_BITS", network_.input_bits}};
    switch (config.engine) {
      case Engine::dense:
        kernel.numbers["STEPS"] = window / lanes;
        return add_window(draft_, index, "window", stream, lanes, replay);
      case Engine::activation_sparse:
      case Engine::grouped_prefix:
      case Engine::weight_sparse:
        kernel.numbers["WINDOW"] = window;
        kernel.numbers["PIXELS"] = 0;
        if (config.engine == Engine::grouped_prefix) kernel.numbers["RANKS"] = config.group;
        if (config.engine == Engine::weight_sparse) kernel.numbers["TILE_PIXELS"] = config.tile_pixels;
        return add_window(draft_, index, "window", stream, lanes, 1);
      case Engine::pair_sparse:
        kernel.numbers["STEPS"] = window / lanes;
        kernel.numbers["MULTIPLIERS"] = config.multipliers > 0 ? config.multipliers : pair_multipliers(lanes);
        kernel.numbers["PIXELS"] = 0;
        return add_window(draft_, index, is_by_taps ? "taps" : "window", stream, lanes, replay);
    }
    return stream;
  }

  // Inputs and numbers of a kernel with two operands.
  void make_join(int index, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int first = forks_.arrival(index, 0), second = forks_.arrival(index, 1);
    const int lanes = draft_.out_lanes(index, std::gcd(draft_.netlist.streams[first].lanes, draft_.netlist.streams[second].lanes));
    kernel.inputs = {add_width(draft_, index, 0, first, lanes), add_width(draft_, index, 1, second, lanes)};
    switch (layer.kind) {
      case LayerKind::scale:
        std::swap(kernel.inputs[0], kernel.inputs[1]);
        kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", layer.input.channels / lanes}};
        break;
      case LayerKind::concat:
        kernel.numbers = {{"A_GROUPS", layer.operand(0).channels / lanes}, {"B_GROUPS", layer.operand(1).channels / lanes},
                          {"IS_SWAPPED", 0}};
        break;
      default:
        kernel.numbers = {{"IS_SWAPPED", 0}};
    }
  }

  // One collector for the records of all sparse engines, in network order.
  void add_collector() {
    Kernel collector{"collector", "collector", 0, -1, {}, {}, {}};
    for (const Kernel& kernel : draft_.netlist.kernels) {
      if (has_record(kernel)) collector.inputs.push_back(kernel.outputs[1]);
    }
    if (!collector.inputs.empty()) draft_.netlist.kernels.push_back(collector);
  }

  const IntegerNetwork& network_;
  NetlistDraft draft_;
  MapForks forks_;
};

}  // namespace

Netlist layer_kernels(const IntegerNetwork& network, const LayerConfigs& configs) { return Maker(network, configs).make(); }

}  // namespace sluice
