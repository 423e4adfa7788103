// SPDX-License-Identifier: Apache-2.0
// Kernels and streams, layer by layer (see layer_kernels.hpp).
#include "compiler/pipeline/layer_kernels.hpp"

#include <algorithm>
#include <numeric>

namespace sluice {
namespace {

// Products per cycle of a pair-sparse engine with M lanes: a third of them, the density at which t stays near 1.
int pair_multipliers(int lanes) { return std::max(1, (lanes + 2) / 3); }

// G of the grouped-prefix engine: the most filters a multiplier that leave 4 multipliers; 0 when the filters are odd.
int prefix_filters(int filters) {
  for (const int g : {8, 4, 2}) {
    if (filters % g == 0 && (lanes_for(filters / g) >= 4 || g == 2)) return g;
  }
  return 0;
}

// Lanes of a convolution's output; filters side by side.
int output_lanes(const Layer& layer, Engine engine) {
  const int filters = layer.output.channels;
  return lanes_for(engine == Engine::grouped_prefix ? filters / prefix_filters(filters) : filters);
}

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
  Maker(const IntegerNetwork& network, const Engines& engines) : network_(network), engines_(engines) {}

  Netlist make() {
    measure_ways();
    const int lanes = lanes_for(network_.input.channels);
    int stream = add_map_stream("source", network_.input_bits, network_.input, lanes);
    netlist_.kernels.push_back({"source", "source", 0, -1, {}, {stream}, {}});
    distribute(kNetworkInput, stream, "input", network_.input);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      stream = make_layer(static_cast<int>(i));
      distribute(static_cast<int>(i), stream, network_.layers[i].name, network_.layers[i].output);
    }
    const Stream& last = netlist_.streams[stream];
    netlist_.kernels.push_back({"sink", "sink", 0, -1, {stream}, {}, {{"BEATS", static_cast<int>(last.beats)}}});
    add_collector();
    return std::move(netlist_);
  }

 private:
  struct Reading {
    int reader;   // layer
    int operand;  // which of its inputs
  };
  struct Arrival {
    Reading reading;
    int stream;
  };

  std::vector<Reading> readings_of(int source) const {
    std::vector<Reading> readings;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      for (std::size_t operand = 0; operand < network_.layers[i].inputs.size(); ++operand) {
        if (network_.layers[i].inputs[operand] == source) readings.push_back({static_cast<int>(i), static_cast<int>(operand)});
      }
    }
    return readings;
  }

  // Layers that follow when a map is read so. Gates count more than any way: the fork of a squeeze-excite block must
  // lead on through them, because parameters pass a scale kernel on the port of its gates.
  int way_of(const Reading& reading) const {
    const bool is_gate = network_.layers[reading.reader].kind == LayerKind::scale && reading.operand == 1;
    return way_[reading.reader] + 1 + (is_gate ? static_cast<int>(network_.layers.size()) : 0);
  }

  // Longest way from each layer to the network's end.
  void measure_ways() {
    way_.assign(network_.layers.size(), 0);
    for (std::size_t i = network_.layers.size(); i-- > 0;) {
      for (const Reading& reading : readings_of(static_cast<int>(i))) way_[i] = std::max(way_[i], way_of(reading));
    }
  }

  int add_stream(const std::string& writer, int bits, int lanes, std::int64_t beats) {
    netlist_.streams.push_back({"s_" + writer, bits, lanes, beats, 1, ""});
    return static_cast<int>(netlist_.streams.size()) - 1;
  }

  int add_map_stream(const std::string& writer, int bits, const MapShape& map, int lanes) {
    return add_stream(writer, bits, lanes, map.size() / lanes);
  }

  // Hands `stream` (the map of `source`) to its readers through as many forks as needed, the longest way first: it goes
  // through OUT0, so that OUT1 is usually the bare shortcut of a block.
  void distribute(int source, int stream, const std::string& base, const MapShape& map) {
    std::vector<Reading> readings = readings_of(source);
    std::stable_sort(readings.begin(), readings.end(), [&](const Reading& a, const Reading& b) { return way_of(a) > way_of(b); });
    for (std::size_t i = 0; i + 1 < readings.size(); ++i) {
      const Stream in = netlist_.streams[stream];
      Kernel fork{base + "_fork" + (i == 0 ? "" : std::to_string(i)), "fork", 0, -1, {stream}, {}, {}};
      stream = add_map_stream(fork.name + "_0", in.element_bits, map, in.lanes);
      const int branch = add_map_stream(fork.name + "_1", in.element_bits, map, in.lanes);
      fork.outputs = {stream, branch};
      netlist_.kernels.push_back(fork);
      arrivals_.push_back({readings[readings.size() - 1 - i], branch});
    }
    if (!readings.empty()) arrivals_.push_back({readings.front(), stream});
  }

  // The stream that brings a layer its operand.
  int arrival(int reader, int operand) const {
    return std::find_if(arrivals_.begin(), arrivals_.end(), [&](const Arrival& a) {
      return a.reading.reader == reader && a.reading.operand == operand;
    })->stream;
  }

  // The engine asked for, or the nearest that can be built: an odd number of filters has no prefix.
  Engine engine_of(int index) const {
    const Engine engine = engines_.empty() ? Engine::dense : engines_[index];
    const bool is_prefix = engine == Engine::grouped_prefix && prefix_filters(network_.layers[index].output.channels) == 0;
    return is_prefix ? Engine::activation_sparse : engine;
  }

  // Adds the kernels of one layer; returns the stream of its output map.
  int make_layer(int index) {
    const Layer& layer = network_.layers[index];
    const std::string op = op_of(layer, engine_of(index));
    Kernel kernel{layer.name + "_" + op, op, 0, index, {}, {}, {}};
    if (operand_count(layer.kind) == 2) make_join(index, kernel);
    else kernel.inputs = {make_input(index, arrival(index, 0), kernel)};
    if (requantises(layer.kind)) kernel.numbers["CURVE"] = curve_number(layer);
    const int lanes = layer.kind == LayerKind::conv ? output_lanes(layer, engine_of(index)) : netlist_.streams[kernel.inputs[0]].lanes;
    const int out = add_map_stream(kernel.name, layer.output_bits, layer.output, lanes);
    kernel.outputs = {out};
    if (op.rfind("conv_", 0) == 0 && op != "conv_dense") {
      kernel.outputs.push_back(add_stream(kernel.name + "_record", 32, 4, 1));
    }
    netlist_.kernels.push_back(kernel);
    return out;
  }

  // Kernels in front of a layer with one operand, and its numbers; returns what it reads.
  int make_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int lanes = netlist_.streams[stream].lanes;
    const int taps = layer.window.kernel_h * layer.window.kernel_w;
    const int groups = layer.input.channels / lanes;
    switch (layer.kind) {
      case LayerKind::conv:
        return make_convolution_input(index, stream, kernel);
      case LayerKind::depthwise:
        kernel.numbers = {{"STEPS", taps}, {"FILTER_GROUPS", groups}, {"WEIGHT_BITS", network_.input_bits}};
        return make_window(index, "window", stream, lanes, 1);
      case LayerKind::global_average_pool:
        kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", groups}};
        return stream;
      default:
        kernel.numbers = {{"STEPS", taps}};
        return make_window(index, "window", stream, lanes, 1);
    }
  }

  int make_convolution_input(int index, int stream, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int lanes = netlist_.streams[stream].lanes;
    const int filter_groups = layer.output.channels / output_lanes(layer, engine_of(index));
    const int taps = layer.window.kernel_h * layer.window.kernel_w;
    const int steps = taps * (layer.input.channels / lanes);
    kernel.numbers = {{"FILTER_GROUPS", filter_groups}, {"WEIGHT_BITS", network_.input_bits}};
    const auto pixels = std::int64_t{layer.output.height} * layer.output.width;
    switch (engine_of(index)) {
      case Engine::dense:
        kernel.numbers["STEPS"] = steps;
        return make_window(index, "window", stream, lanes, filter_groups);
      case Engine::activation_sparse:
      case Engine::grouped_prefix: {
        const bool is_prefix = engine_of(index) == Engine::grouped_prefix;
        const int ranks = is_prefix ? prefix_filters(layer.output.channels) : 1, replay = filter_groups / ranks;
        stream = make_window(index, "window", stream, lanes, 1);
        Kernel compactor{layer.name + "_compactor", "compactor", 0, index, {stream}, {}, {}};
        compactor.numbers = {{"STEPS", steps}, {"REPLAY", replay}, {"RANKS", ranks}};
        compactor.outputs = {add_stream(compactor.name, 16, is_prefix ? 3 : 2, pixels * replay * longest_list(steps * lanes, ranks))};
        netlist_.kernels.push_back(compactor);
        if (is_prefix) kernel.numbers["RANKS"] = ranks;
        kernel.numbers["WINDOW"] = steps * lanes;
        kernel.numbers["PIXELS"] = static_cast<int>(pixels);
        return compactor.outputs[0];
      }
      case Engine::pair_sparse: {
        const bool is_by_taps = taps > 1;
        const int vector_lanes = is_by_taps ? taps : lanes;
        kernel.numbers["STEPS"] = is_by_taps ? layer.input.channels : steps;
        kernel.numbers["MULTIPLIERS"] = pair_multipliers(vector_lanes);
        kernel.numbers["PIXELS"] = static_cast<int>(pixels);
        return make_window(index, is_by_taps ? "taps" : "window", stream, vector_lanes, filter_groups);
      }
      case Engine::weight_sparse: {
        stream = make_window(index, "window", stream, lanes, 1);
        const int tile_pixels = static_cast<int>(std::min<std::int64_t>(kTilePixels, pixels));
        Kernel tile{layer.name + "_tile", "tile", 0, index, {stream}, {},
                    {{"STEPS", steps}, {"PIXELS", static_cast<int>(pixels)}, {"TILE_PIXELS", tile_pixels}, {"FILTER_GROUPS", filter_groups}}};
        tile.outputs = {add_stream(tile.name, netlist_.streams[stream].element_bits, lanes + 1, tile_beats(layer, tile))};
        netlist_.kernels.push_back(tile);
        kernel.numbers["WINDOW"] = steps * lanes;
        kernel.numbers["TILE_PIXELS"] = tile_pixels;
        kernel.numbers["PIXELS"] = static_cast<int>(pixels);
        return tile.outputs[0];
      }
    }
    return stream;
  }

  // Inputs and numbers of a kernel with two operands.
  void make_join(int index, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int first = arrival(index, 0), second = arrival(index, 1);
    const int lanes = std::gcd(netlist_.streams[first].lanes, netlist_.streams[second].lanes);
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

  // Cuts a join's operand to narrower beats where it must be.
  int make_width(int index, int operand, int in, int lanes) {
    const Stream input = netlist_.streams[in];
    if (input.lanes == lanes) return in;
    Kernel kernel{fmt::format("{}_width_{}", network_.layers[index].name, operand), "width", 0, index, {in}, {}, {}};
    kernel.outputs = {add_stream(kernel.name, input.element_bits, lanes, input.beats * input.lanes / lanes)};
    netlist_.kernels.push_back(kernel);
    return kernel.outputs[0];
  }

  // The line buffer in front of a windowed layer; none where it would only copy. `op` is window (beats of the map's
  // lanes) or taps (beats of `out_lanes` taps).
  int make_window(int index, const std::string& op, int in, int out_lanes, int replay) {
    const Layer& layer = network_.layers[index];
    const Window& w = layer.window;
    const bool is_copy = w == Window{} && replay == 1 && op == "window";
    if (is_copy) return in;
    const Stream input = netlist_.streams[in];
    // Padding must not win a maximum; the lowest code is one below the symmetric range.
    const int pad_code = layer.kind == LayerKind::max_pool ? -(1 << (input.element_bits - 1)) : 0;
    Kernel kernel{layer.name + "_" + op, op, 0, index, {in}, {}, {}};
    kernel.numbers = {{"HEIGHT", layer.input.height}, {"WIDTH", layer.input.width}, {"CHANNELS", layer.input.channels},
                      {"OUT_HEIGHT", layer.output.height}, {"OUT_WIDTH", layer.output.width},
                      {"KERNEL_H", w.kernel_h}, {"KERNEL_W", w.kernel_w}, {"STRIDE_H", w.stride_h},
                      {"STRIDE_W", w.stride_w}, {"PAD_TOP", w.pad_top}, {"PAD_LEFT", w.pad_left},
                      {"PAD_CODE", pad_code}, {"REPLAY", replay}};
    const std::int64_t codes = std::int64_t{layer.output.height} * layer.output.width * replay * w.kernel_h *
                               w.kernel_w * layer.input.channels;
    kernel.outputs = {add_stream(kernel.name, input.element_bits, out_lanes, codes / out_lanes)};
    netlist_.kernels.push_back(kernel);
    return kernel.outputs[0];
  }

  // One collector for the records of all sparse layers, in network order.
  void add_collector() {
    Kernel collector{"collector", "collector", 0, -1, {}, {}, {}};
    for (const Kernel& kernel : netlist_.kernels) {
      if (kernel.layer >= 0 && kernel.outputs.size() == 2) collector.inputs.push_back(kernel.outputs[1]);
    }
    if (!collector.inputs.empty()) netlist_.kernels.push_back(collector);
  }

  const IntegerNetwork& network_;
  const Engines& engines_;
  Netlist netlist_;
  std::vector<int> way_;
  std::vector<Arrival> arrivals_;
};

}  // namespace

Netlist layer_kernels(const IntegerNetwork& network, const Engines& engines) { return Maker(network, engines).make(); }

}  // namespace sluice
