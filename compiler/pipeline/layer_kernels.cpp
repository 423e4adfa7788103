// SPDX-License-Identifier: Apache-2.0
// Kernels and streams, layer by layer (see layer_kernels.hpp).
#include "compiler/pipeline/layer_kernels.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/pipeline/map_forks.hpp"

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

int taps_of(const Layer& layer) { return layer.window.kernel_h * layer.window.kernel_w; }
std::int64_t pixels_of(const Layer& layer) { return std::int64_t{layer.output.height} * layer.output.width; }

class Maker {
 public:
  Maker(const IntegerNetwork& network, const LayerConfigs& configs) : network_(network), forks_(network, netlist_) {
    for (std::size_t i = 0; i < configs.size(); ++i) configs_.push_back(with_defaults(network.layers[i], configs[i]));
  }

  Netlist make() {
    const int pixels = source_pixels();
    const int lanes = pixels > 1 ? pixels * network_.input.channels : lanes_for(network_.input.channels);
    int stream = add_map_stream("source", network_.input_bits, network_.input, lanes);
    netlist_.kernels.push_back({"source", "source", 0, -1, {}, {stream}, {}});
    forks_.distribute(kNetworkInput, stream, "input");
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      stream = make_layer(static_cast<int>(i));
      forks_.distribute(static_cast<int>(i), stream, network_.layers[i].name);
    }
    const Stream& last = netlist_.streams[stream];
    netlist_.kernels.push_back({"sink", "sink", 0, -1, {stream}, {}, {{"BEATS", static_cast<int>(last.beats)}}});
    add_collector();
    return std::move(netlist_);
  }

 private:
  // P of the layer that reads the network's input; the others have 1.
  int source_pixels() const {
    int pixels = 1;
    for (const LayerConfig& config : configs_) pixels = std::max(pixels, config.pixels);
    return pixels;
  }

  int add_stream(const std::string& writer, int bits, int lanes, std::int64_t beats) {
    netlist_.streams.push_back({"s_" + writer, bits, lanes, beats, 1, ""});
    return static_cast<int>(netlist_.streams.size()) - 1;
  }

  int add_map_stream(const std::string& writer, int bits, const MapShape& map, int lanes) {
    return add_stream(writer, bits, lanes, map.size() / lanes);
  }

  const LayerConfig& config_of(int index) const { return configs_[std::size_t(index)]; }
  int copies_of(int index) const { return std::max(1, config_of(index).copies); }
  // O: lanes of the layer's output, where `arriving` lanes are its default.
  int out_lanes(int index, int arriving) const {
    return config_of(index).filters > 0 ? config_of(index).filters : arriving;
  }

  // Adds the kernels of one layer; returns the stream of its output map.
  int make_layer(int index) {
    const Layer& layer = network_.layers[index];
    const std::string op = op_of(layer, config_of(index).engine);
    Kernel kernel{layer.name + "_" + op, op, 0, index, {}, {}, {}};
    if (operand_count(layer.kind) == 2) make_join(index, kernel);
    else kernel.inputs = {make_input(index, forks_.arrival(index, 0), kernel)};
    if (requantises(layer.kind)) kernel.numbers["CURVE"] = curve_number(layer);
    return copies_of(index) == 1 ? add_engine(index, kernel, pixels_of(layer)) : add_copies(index, kernel, copies_of(index));
  }

  // The kernel itself, computing `pixels` of the layer's pixels, behind the kernels that are its own; returns its output.
  int add_engine(int index, Kernel kernel, std::int64_t pixels) {
    const Layer& layer = network_.layers[index];
    const int lanes = out_lanes(index, lanes_of_input(kernel));
    make_front(index, kernel, pixels);
    if (kernel.numbers.count("PIXELS") != 0) kernel.numbers["PIXELS"] = static_cast<int>(pixels);
    const int out = add_stream(kernel.name, layer.output_bits, lanes, pixels * (layer.output.channels / lanes));
    kernel.outputs = {out};
    if (has_record(kernel)) kernel.outputs.push_back(add_stream(kernel.name + "_record", 32, 4, 1));
    netlist_.kernels.push_back(kernel);
    return out;
  }

  // Channels in a beat that arrives: all its codes, but for windows of several taps.
  int lanes_of_input(const Kernel& kernel) const {
    const int lanes = netlist_.streams[kernel.inputs[0]].lanes;
    return kernel.op == "depthwise_dense" ? lanes / window_beat(netlist_, kernel.inputs[0]).taps() : lanes;
  }

  // E copies of an engine between deal and gather, each with the pixels e, e + E, e + 2 E ...
  int add_copies(int index, const Kernel& engine, int copies) {
    const Layer& layer = network_.layers[index];
    const Stream in = netlist_.streams[engine.inputs[0]];
    const std::int64_t pixels = pixels_of(layer), beats_per_pixel = in.beats / pixels;
    Kernel deal{layer.name + "_deal", "deal", 0, index, engine.inputs, {}, {{"COPIES", copies}, {"STEPS", static_cast<int>(beats_per_pixel)}}};
    const auto pixels_of_copy = [&](int copy) { return (pixels - copy + copies - 1) / copies; };
    for (int copy = 0; copy < copies; ++copy) {
      deal.outputs.push_back(add_stream(fmt::format("{}_{}", deal.name, copy), in.element_bits, in.lanes, pixels_of_copy(copy) * beats_per_pixel));
    }
    netlist_.kernels.push_back(deal);
    const std::size_t first_kernel = netlist_.kernels.size();
    Kernel gather{layer.name + "_gather", "gather", 0, index, {}, {}, {{"COPIES", copies}, {"PIXELS", static_cast<int>(pixels)}}};
    for (int copy = 0; copy < copies; ++copy) {
      Kernel kernel = engine;
      kernel.name += fmt::format("_{}", copy);
      kernel.inputs = {deal.outputs[std::size_t(copy)]};
      gather.inputs.push_back(add_engine(index, kernel, pixels_of_copy(copy)));
    }
    netlist_.kernels[first_kernel - 1].numbers["COPY_KERNELS"] = static_cast<int>(netlist_.kernels.size() - first_kernel) / copies;
    const Stream one = netlist_.streams[gather.inputs[0]];
    gather.numbers["CHANNEL_GROUPS"] = layer.output.channels / one.lanes;
    gather.outputs = {add_map_stream(gather.name, one.element_bits, layer.output, one.lanes)};
    netlist_.kernels.push_back(gather);
    return gather.outputs[0];
  }

  // Kernels between a pixel's window and one copy of the engine: what turns a window that is sent once into the beats of
  // all filter groups.
  void make_front(int index, Kernel& kernel, std::int64_t pixels) {
    const Layer& layer = network_.layers[index];
    if (layer.kind != LayerKind::conv) return;
    const Stream in = netlist_.streams[kernel.inputs[0]];
    const int steps = static_cast<int>(in.beats / pixels), filter_groups = kernel.numbers.at("FILTER_GROUPS");
    const std::string of_copy = copies_of(index) == 1 ? "" : kernel.name.substr(kernel.name.rfind('_'));
    if (kernel.op == "conv_activation_sparse" || kernel.op == "conv_grouped_prefix") {
      const int ranks = std::max(1, config_of(index).group), replay = filter_groups / ranks;
      Kernel compactor{layer.name + "_compactor" + of_copy, "compactor", 0, index, kernel.inputs, {}, {}};
      compactor.numbers = {{"STEPS", steps}, {"REPLAY", replay}, {"RANKS", ranks}};
      // At most every code of a window survives.
      compactor.outputs = {add_stream(compactor.name, 16, ranks > 1 ? 3 : 2, pixels * replay * longest_list(steps * in.lanes, ranks))};
      kernel.inputs = compactor.outputs;
      netlist_.kernels.push_back(compactor);
    } else if (kernel.op == "conv_weight_sparse") {
      Kernel tile{layer.name + "_tile" + of_copy, "tile", 0, index, kernel.inputs, {}, {{"STEPS", steps}, {"PIXELS", static_cast<int>(pixels)}}};
      tile.numbers["TILE_PIXELS"] = kernel.numbers.at("TILE_PIXELS");
      tile.numbers["FILTER_GROUPS"] = filter_groups;
      tile.outputs = {add_stream(tile.name, in.element_bits, in.lanes + 1, tile_beats(layer, tile))};
      kernel.inputs = tile.outputs;
      netlist_.kernels.push_back(tile);
    } else if (copies_of(index) > 1 && filter_groups > 1) {
      Kernel replay{layer.name + "_replay" + of_copy, "replay", 0, index, kernel.inputs, {}, {{"STEPS", steps}, {"REPLAY", filter_groups}}};
      replay.outputs = {add_stream(replay.name, in.element_bits, in.lanes, in.beats * filter_groups)};
      kernel.inputs = replay.outputs;
      netlist_.kernels.push_back(replay);
    }
  }

  // Kernels in front of a layer with one operand, and its numbers; returns what it (or its copies) reads.
  int make_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const LayerConfig& config = config_of(index);
    const int taps = std::max(1, config.taps);
    switch (layer.kind) {
      case LayerKind::conv:
        return make_convolution_input(index, stream, kernel);
      case LayerKind::depthwise: {
        const int wish = config.filters > 0 ? config.filters : config.codes / taps;
        stream = make_width(index, 0, stream, wish);
        kernel.numbers = {{"STEPS", taps_of(layer) / taps}, {"FILTER_GROUPS", layer.input.channels / lanes_of(stream, index)},
                          {"WEIGHT_BITS", network_.input_bits}};
        return make_window(index, "window", stream, lanes_of(stream, index) * taps, 1);
      }
      case LayerKind::global_average_pool:
        stream = make_width(index, 0, stream, config.filters);
        kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", layer.input.channels / lanes_of(stream, index)}};
        return stream;
      default:
        stream = make_width(index, 0, stream, config.filters);
        kernel.numbers = {{"STEPS", taps_of(layer)}};
        return make_window(index, "window", stream, lanes_of(stream, index), 1);
    }
  }

  // Channels in a beat of a map; the source may send several pixels in one.
  int lanes_of(int stream, int index) const { return std::min(netlist_.streams[stream].lanes, network_.layers[index].input.channels); }

  int make_convolution_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const LayerConfig& config = config_of(index);
    const int filter_groups = layer.output.channels / out_lanes(index, 0);
    // Copies replay their windows themselves: one window stream could not feed them.
    const int replay = copies_of(index) == 1 ? filter_groups : 1;
    const int window = taps_of(layer) * layer.input.channels;
    const bool is_by_taps = config.engine == Engine::pair_sparse && taps_of(layer) > 1;
    const int taps = is_by_taps ? taps_of(layer) : std::max(1, config.taps);
    if (!is_by_taps) stream = make_width(index, 0, stream, config.codes / taps);
    const int lanes = is_by_taps ? taps : taps * lanes_of(stream, index);
    kernel.numbers = {{"FILTER_GROUPS", filter_groups}, {"WEIGHT_BITS", network_.input_bits}};
    switch (config.engine) {
      case Engine::dense:
        kernel.numbers["STEPS"] = window / lanes;
        return make_window(index, "window", stream, lanes, replay);
      case Engine::activation_sparse:
      case Engine::grouped_prefix:
      case Engine::weight_sparse:
        kernel.numbers["WINDOW"] = window;
        kernel.numbers["PIXELS"] = 0;
        if (config.engine == Engine::grouped_prefix) kernel.numbers["RANKS"] = config.group;
        if (config.engine == Engine::weight_sparse) kernel.numbers["TILE_PIXELS"] = config.tile_pixels;
        return make_window(index, "window", stream, lanes, 1);
      case Engine::pair_sparse:
        kernel.numbers["STEPS"] = window / lanes;
        kernel.numbers["MULTIPLIERS"] = config.multipliers > 0 ? config.multipliers : pair_multipliers(lanes);
        kernel.numbers["PIXELS"] = 0;
        return make_window(index, is_by_taps ? "taps" : "window", stream, lanes, replay);
    }
    return stream;
  }

  // Inputs and numbers of a kernel with two operands.
  void make_join(int index, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int first = forks_.arrival(index, 0), second = forks_.arrival(index, 1);
    const int lanes = out_lanes(index, std::gcd(netlist_.streams[first].lanes, netlist_.streams[second].lanes));
    kernel.inputs = {make_width(index, 0, first, lanes), make_width(index, 1, second, lanes)};
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

  // Brings an operand in beats of `lanes` (0: as it comes). Two widths of which none divides the other meet in their least
  // common multiple, which costs no cycle and divides the channels as both do; where that is too wide, in their divisor.
  int make_width(int index, int operand, int in, int lanes) {
    const Stream input = netlist_.streams[in];
    if (lanes == 0 || input.lanes == lanes || input.lanes > network_.layers[index].operand(std::size_t(operand)).channels) return in;
    const bool is_direct = input.lanes % lanes == 0 || lanes % input.lanes == 0;
    const int common = std::lcm(input.lanes, lanes);
    const int over = common <= kMostLanes ? common : std::gcd(input.lanes, lanes);
    const std::string name = fmt::format("{}_width_{}", network_.layers[index].name, operand);
    return add_width(name, index, is_direct ? in : add_width(fmt::format("{}_over_{}", name, over), index, in, over), lanes);
  }

  int add_width(const std::string& name, int index, int in, int lanes) {
    const Stream input = netlist_.streams[in];
    Kernel kernel{name, "width", 0, index, {in}, {}, {}};
    kernel.outputs = {add_stream(kernel.name, input.element_bits, lanes, input.beats * input.lanes / lanes)};
    netlist_.kernels.push_back(kernel);
    return kernel.outputs[0];
  }

  // The line buffer in front of a windowed layer; none where it would only copy. `op` is window (beats of the map's
  // lanes, or several taps of them) or taps (beats of all taps of a channel).
  int make_window(int index, const std::string& op, int in, int out_lanes, int replay) {
    const Layer& layer = network_.layers[index];
    const Window& w = layer.window;
    const Stream input = netlist_.streams[in];
    const int lanes = lanes_of(in, index), pixels = input.lanes / lanes;
    if (w == Window{} && replay == 1 && op == "window" && pixels == 1) return in;
    // Padding must not win a maximum; the lowest code is one below the symmetric range.
    const int pad_code = layer.kind == LayerKind::max_pool ? -(1 << (input.element_bits - 1)) : 0;
    Kernel kernel{layer.name + "_" + op, op, 0, index, {in}, {}, {}};
    kernel.numbers = {{"HEIGHT", layer.input.height}, {"WIDTH", layer.input.width}, {"CHANNELS", layer.input.channels},
                      {"OUT_HEIGHT", layer.output.height}, {"OUT_WIDTH", layer.output.width},
                      {"KERNEL_H", w.kernel_h}, {"KERNEL_W", w.kernel_w}, {"STRIDE_H", w.stride_h},
                      {"STRIDE_W", w.stride_w}, {"PAD_TOP", w.pad_top}, {"PAD_LEFT", w.pad_left},
                      {"PAD_CODE", pad_code}, {"REPLAY", replay}};
    if (op == "window") {
      const int taps = out_lanes / lanes;
      kernel.numbers["TAPS_W"] = taps == 1 ? 1 : w.kernel_w;
      kernel.numbers["TAPS_H"] = taps == taps_of(layer) ? w.kernel_h : 1;
      kernel.numbers["IN_PIXELS"] = pixels;
    }
    const std::int64_t codes = pixels_of(layer) * replay * taps_of(layer) * layer.input.channels;
    kernel.outputs = {add_stream(kernel.name, input.element_bits, out_lanes, codes / out_lanes)};
    netlist_.kernels.push_back(kernel);
    return kernel.outputs[0];
  }

  // One collector for the records of all sparse engines, in network order.
  void add_collector() {
    Kernel collector{"collector", "collector", 0, -1, {}, {}, {}};
    for (const Kernel& kernel : netlist_.kernels) {
      if (has_record(kernel)) collector.inputs.push_back(kernel.outputs[1]);
    }
    if (!collector.inputs.empty()) netlist_.kernels.push_back(collector);
  }

  const IntegerNetwork& network_;
  LayerConfigs configs_;
  Netlist netlist_;
  MapForks forks_;
};

}  // namespace

Netlist layer_kernels(const IntegerNetwork& network, const LayerConfigs& configs) { return Maker(network, configs).make(); }

}  // namespace sluice
