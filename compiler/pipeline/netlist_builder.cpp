// SPDX-License-Identifier: Apache-2.0
// Kernels of a layer, forks behind maps with several readers, and the order that gives each kernel its id.
//
// The order matters twice. Drivers run kernels in it, so it is topological. And a fork sends a parameter to its second
// branch when the addressed kernel's id lies in one range of numbers, so the kernels behind OUT1 up to the join must be
// numbered without gap. A depth-first walk that follows OUT1 before OUT0 and stops at a join until both its inputs have
// been reached gives such an order for every network of nested forks and joins; for others build_netlist refuses.
//
// At a join, port A is the branch through OUT0: the longer one, so that OUT1 is usually the bare shortcut.
#include "compiler/pipeline/netlist_builder.hpp"

#include <algorithm>
#include <functional>

#include "compiler/pipeline/fifo_depth.hpp"

namespace sluice {

int lanes_for(int channels) {
  for (int lanes = std::min(channels, kMaxLanes); lanes > 1; --lanes) {
    if (channels % lanes == 0) return lanes;
  }
  return 1;
}

namespace {

// Products per cycle of a pair-sparse engine with M lanes: a third of them, the density at which t stays near 1.
int pair_multipliers(int lanes) { return std::max(1, (lanes + 2) / 3); }

class Builder {
 public:
  Builder(const IntegerNetwork& network, const Engines& engines) : network_(network), engines_(engines) {}

  Result<Netlist> build() {
    measure_depths();
    make_kernels();
    add_collector();
    SLUICE_CHECK(number_kernels());
    size_fifos(network_, netlist_);
    SLUICE_CHECK(set_fork_ranges());
    SLUICE_CHECK(netlist_.validate(network_));
    return std::move(netlist_);
  }

 private:
  // Longest way, in layers, from the network's input to each layer's output.
  void measure_depths() {
    for (const Layer& layer : network_.layers) {
      int depth = 0;
      for (const int source : layer.inputs) depth = std::max(depth, source < 0 ? 0 : depth_of_[source]);
      depth_of_.push_back(depth + 1);
    }
  }

  int add_stream(const std::string& writer, int bits, int lanes, std::int64_t beats) {
    netlist_.streams.push_back({"s_" + writer, bits, lanes, beats, kDepth, ""});
    return static_cast<int>(netlist_.streams.size()) - 1;
  }

  int add_map_stream(const std::string& writer, int bits, const MapShape& map) {
    const int lanes = lanes_for(map.channels);
    return add_stream(writer, bits, lanes, map.size() / lanes);
  }

  // Readers of a map, the one on the longest way to the end first.
  std::vector<int> readers_of(int source) const {
    std::vector<int> readers;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      for (const int input : network_.layers[i].inputs) if (input == source) readers.push_back(static_cast<int>(i));
    }
    // A convolution leads the longer branch of a block; a direct addition is its shortcut.
    std::stable_sort(readers.begin(), readers.end(), [&](int a, int b) { return way_to_join(a) > way_to_join(b); });
    return readers;
  }

  // Layers passed from `layer` on until a join: the length of its branch.
  int way_to_join(int layer) const {
    int length = 0;
    while (network_.layers[layer].kind != LayerKind::add) {
      ++length;
      const auto next = std::find_if(network_.layers.begin() + layer + 1, network_.layers.end(), [&](const Layer& l) {
        return std::find(l.inputs.begin(), l.inputs.end(), layer) != l.inputs.end();
      });
      if (next == network_.layers.end()) break;
      layer = static_cast<int>(next - network_.layers.begin());
    }
    return length;
  }

  // Hands `stream` (the map of `source`) to its readers through as many forks as needed.
  void distribute(int source, int stream, const std::string& base, int bits, const MapShape& map) {
    std::vector<int> readers = readers_of(source);
    for (std::size_t i = 0; i + 1 < readers.size(); ++i) {
      Kernel fork{base + "_fork" + (i == 0 ? "" : std::to_string(i)), "fork", 0, -1, {stream}, {}, {}};
      stream = add_map_stream(fork.name + "_0", bits, map);
      const int branch = add_map_stream(fork.name + "_1", bits, map);
      fork.outputs = {stream, branch};
      netlist_.kernels.push_back(fork);
      // The last reader in the list has the shortest branch: it leaves first.
      arrivals_.push_back({source, readers[readers.size() - 1 - i], branch});
    }
    if (!readers.empty()) arrivals_.push_back({source, readers.front(), stream});
  }

  // The stream on which `reader` receives the map of `source`; each arrival is taken once.
  int take_arrival(int source, int reader) {
    const auto found = std::find_if(arrivals_.begin(), arrivals_.end(), [&](const Arrival& a) {
      return a.source == source && a.reader == reader;
    });
    const int stream = found->stream;
    arrivals_.erase(found);
    return stream;
  }

  void make_kernels() {
    const int source_stream = add_map_stream("source", network_.input_bits, network_.input);
    netlist_.kernels.push_back({"source", "source", 0, -1, {}, {source_stream}, {}});
    distribute(kNetworkInput, source_stream, "input", network_.input_bits, network_.input);
    int stream = source_stream;
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      stream = make_layer(static_cast<int>(i));
      if (i + 1 < network_.layers.size()) {
        const Layer& layer = network_.layers[i];
        distribute(static_cast<int>(i), stream, layer.name, layer.output_bits, layer.output);
      }
    }
    const Stream& last = netlist_.streams[stream];
    netlist_.kernels.push_back({"sink", "sink", 0, -1, {stream}, {}, {{"BEATS", static_cast<int>(last.beats)}}});
  }

  Engine engine_of(int index) const { return engines_.empty() ? Engine::dense : engines_[index]; }

  std::string kernel_op(int index) const {
    const Layer& layer = network_.layers[index];
    if (layer.kind == LayerKind::depthwise) return "depthwise_dense";
    if (layer.kind != LayerKind::conv) return to_text(layer.kind);
    switch (engine_of(index)) {
      case Engine::activation_sparse: return "conv_activation_sparse";
      case Engine::pair_sparse: return "conv_pair_sparse";
      case Engine::dense: break;
    }
    return "conv_dense";
  }

  // Kernels and numbers in front of and in a convolution's multipliers; returns their input stream.
  int make_convolution_input(int index, int stream, int filter_groups, Kernel& kernel) {
    const Layer& layer = network_.layers[index];
    const int lanes = netlist_.streams[stream].lanes;
    const int taps = layer.window.kernel_h * layer.window.kernel_w;
    const int steps = taps * (layer.input.channels / lanes);
    kernel.numbers = {{"FILTER_GROUPS", filter_groups}, {"WEIGHT_BITS", network_.input_bits}};
    const auto pixels = std::int64_t{layer.output.height} * layer.output.width;
    switch (engine_of(index)) {
      case Engine::dense:
        kernel.numbers["STEPS"] = steps;
        return make_window(index, "window", stream, lanes, filter_groups);
      case Engine::activation_sparse: {
        stream = make_window(index, "window", stream, lanes, 1);
        Kernel compactor{layer.name + "_compactor", "compactor", 0, index, {stream}, {}, {{"STEPS", steps}, {"REPLAY", filter_groups}}};
        // At most every code of a window survives.
        compactor.outputs = {add_stream(compactor.name, 16, 2, pixels * steps * lanes * filter_groups)};
        netlist_.kernels.push_back(compactor);
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
    }
    return stream;
  }

  // One collector for the records of all sparse layers, in network order.
  void add_collector() {
    Kernel collector{"collector", "collector", 0, -1, {}, {}, {}};
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      for (const Kernel& kernel : netlist_.kernels) {
        if (kernel.layer == static_cast<int>(i) && kernel.outputs.size() == 2) collector.inputs.push_back(kernel.outputs[1]);
      }
    }
    if (!collector.inputs.empty()) netlist_.kernels.insert(netlist_.kernels.end() - 1, collector);
  }

  // Adds the kernels of one layer; returns the stream of its output map.
  int make_layer(int index) {
    const Layer& layer = network_.layers[index];
    Kernel kernel{layer.name + "_" + kernel_op(index), kernel_op(index), 0, index, {}, {}, {}};
    const int out_lanes = lanes_for(layer.output.channels);
    const int filter_groups = layer.output.channels / out_lanes;
    const int taps = layer.window.kernel_h * layer.window.kernel_w;
    if (layer.kind == LayerKind::add) {
      int first = layer.inputs[0], second = layer.inputs[1];
      const auto depth = [&](int source) { return source < 0 ? 0 : depth_of_[source]; };
      const bool is_swapped = depth(second) > depth(first);
      if (is_swapped) std::swap(first, second);
      kernel.inputs = {take_arrival(first, index), take_arrival(second, index)};
      kernel.numbers["IS_SWAPPED"] = is_swapped;
    } else {
      int stream = take_arrival(layer.inputs[0], index);
      const int lanes = netlist_.streams[stream].lanes;
      switch (layer.kind) {
        case LayerKind::conv:
          stream = make_convolution_input(index, stream, filter_groups, kernel);
          break;
        case LayerKind::depthwise:
          kernel.numbers = {{"STEPS", taps}, {"FILTER_GROUPS", filter_groups}, {"WEIGHT_BITS", network_.input_bits}};
          stream = make_window(index, "window", stream, lanes, 1);
          break;
        case LayerKind::global_average_pool:
          kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", filter_groups}};
          break;
        default:
          kernel.numbers = {{"STEPS", taps}};
          stream = make_window(index, "window", stream, lanes, 1);
      }
      kernel.inputs = {stream};
    }
    const int out = add_map_stream(kernel.name, layer.output_bits, layer.output);
    kernel.outputs = {out};
    if (kernel.op == "conv_activation_sparse" || kernel.op == "conv_pair_sparse") {
      kernel.outputs.push_back(add_stream(kernel.name + "_record", 32, 4, 1));
    }
    netlist_.kernels.push_back(kernel);
    return out;
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

  // Sorts the kernels depth first (see head) and gives ids; streams are renumbered in the order of their writers.
  Status number_kernels() {
    std::vector<Kernel> ordered;
    std::vector<bool> is_written(netlist_.streams.size(), false);
    std::function<void(int)> visit = [&](int index) {
      const Kernel& kernel = netlist_.kernels[index];
      for (const int s : kernel.inputs) if (!is_written[s]) return;
      ordered.push_back(kernel);
      for (const int s : kernel.outputs) is_written[s] = true;
      for (auto s = kernel.outputs.rbegin(); s != kernel.outputs.rend(); ++s) visit(netlist_.reader(*s));
    };
    visit(0);
    // The collector waits for everybody: it stands behind all layers, so that it breaks no branch's range of ids.
    const auto collector = std::find_if(ordered.begin(), ordered.end(), [](const Kernel& k) { return k.op == "collector"; });
    if (collector != ordered.end()) std::rotate(collector, collector + 1, ordered.end() - 1);
    if (ordered.size() != netlist_.kernels.size()) {
      return bug_error("the depth-first walk missed a kernel");
    }
    if (ordered.size() > 240) {
      return user_error("the network needs {} kernels, a bundle may have 240; it is too deep for one device", ordered.size());
    }
    std::vector<int> place(netlist_.streams.size(), -1);
    std::vector<Stream> streams;
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      ordered[k].id = static_cast<int>(k) + 1;
      for (int& s : ordered[k].inputs) s = place[s];
      for (int& s : ordered[k].outputs) {
        place[s] = static_cast<int>(streams.size());
        streams.push_back(netlist_.streams[s]);
        s = place[s];
      }
    }
    netlist_.kernels = std::move(ordered);
    netlist_.streams = std::move(streams);
    return ok();
  }

  // For each fork: the ids that are reached through OUT1, on the tree of parameters (a join is entered through A).
  Status set_fork_ranges() {
    for (Kernel& fork : netlist_.kernels) {
      if (fork.op != "fork") continue;
      std::vector<int> ids;
      std::function<void(int)> collect = [&](int stream) {
        const Kernel& reader = netlist_.kernels[netlist_.reader(stream)];
        if (reader.inputs[0] != stream || reader.op == "collector") return;
        ids.push_back(reader.id);
        for (const int s : reader.outputs) collect(s);
      };
      collect(fork.outputs[1]);
      std::sort(ids.begin(), ids.end());
      fork.numbers["BRANCH_FIRST"] = ids.empty() ? 1 : ids.front();
      fork.numbers["BRANCH_LAST"] = ids.empty() ? 0 : ids.back();
      if (!ids.empty() && ids.back() - ids.front() + 1 != std::ssize(ids)) {
        return user_error("the branches behind {} are not nested: parameters cannot be routed; "
                          "networks whose branches cross are not supported yet", fork.name);
      }
    }
    return ok();
  }

  struct Arrival {
    int source;
    int reader;
    int stream;
  };

  const IntegerNetwork& network_;
  const Engines& engines_;
  Netlist netlist_;
  std::vector<int> depth_of_;
  std::vector<Arrival> arrivals_;
};

}  // namespace

Result<Engine> engine_from_text(const std::string& text) {
  if (text == "dense") return Engine::dense;
  if (text == "activation_sparse") return Engine::activation_sparse;
  if (text == "pair_sparse") return Engine::pair_sparse;
  return user_error("engine \"{}\" is not known; dense, activation_sparse and pair_sparse are", text);
}

Engines uniform_engines(const IntegerNetwork& network, Engine engine) {
  Engines engines(network.layers.size(), Engine::dense);
  bool is_first = true;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    const Layer& layer = network.layers[i];
    if (layer.kind != LayerKind::conv) continue;
    const bool has_one_pixel = layer.input.height == 1 && layer.input.width == 1;
    if (!is_first && !has_one_pixel) engines[i] = engine;
    is_first = false;
  }
  return engines;
}

Result<Netlist> build_netlist(const IntegerNetwork& network, const Engines& engines) {
  SLUICE_CHECK(network.validate());
  if (!engines.empty() && engines.size() != network.layers.size()) return bug_error("one engine per layer is needed");
  return Builder(network, engines).build();
}

}  // namespace sluice
