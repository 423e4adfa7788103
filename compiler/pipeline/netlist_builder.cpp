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

std::string lower_op(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::conv: return "conv_dense";
    case LayerKind::depthwise: return "depthwise_dense";
    default: return to_text(layer.kind);
  }
}

class Builder {
 public:
  explicit Builder(const IntegerNetwork& network) : network_(network) {}

  Result<Netlist> build() {
    measure_depths();
    make_kernels();
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

  // Adds the kernels of one layer; returns the stream of its output map.
  int make_layer(int index) {
    const Layer& layer = network_.layers[index];
    Kernel kernel{layer.name + "_" + lower_op(layer), lower_op(layer), 0, index, {}, {}, {}};
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
      const int in_lanes = netlist_.streams[stream].lanes;
      if (layer.kind != LayerKind::global_average_pool) {
        stream = make_window(index, stream, layer.kind == LayerKind::conv ? filter_groups : 1);
      }
      kernel.inputs = {stream};
      switch (layer.kind) {
        case LayerKind::conv:
          kernel.numbers = {{"STEPS", taps * (layer.input.channels / in_lanes)}, {"FILTER_GROUPS", filter_groups}};
          break;
        case LayerKind::depthwise:
          kernel.numbers = {{"STEPS", taps}, {"FILTER_GROUPS", filter_groups}};
          break;
        case LayerKind::global_average_pool:
          kernel.numbers = {{"STEPS", layer.input.height * layer.input.width}, {"CHANNEL_GROUPS", filter_groups}};
          break;
        default:
          kernel.numbers = {{"STEPS", taps}};
      }
      if (layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise) kernel.numbers["WEIGHT_BITS"] = network_.input_bits;
    }
    const int out = add_map_stream(kernel.name, layer.output_bits, layer.output);
    kernel.outputs = {out};
    netlist_.kernels.push_back(kernel);
    return out;
  }

  // The line buffer in front of a windowed layer; none where it would only copy.
  int make_window(int index, int in, int replay) {
    const Layer& layer = network_.layers[index];
    const Window& w = layer.window;
    const bool is_copy = w == Window{} && replay == 1;
    if (is_copy) return in;
    const Stream input = netlist_.streams[in];
    // Padding must not win a maximum; the lowest code is one below the symmetric range.
    const int pad_code = layer.kind == LayerKind::max_pool ? -(1 << (input.element_bits - 1)) : 0;
    Kernel kernel{layer.name + "_window", "window", 0, index, {in}, {}, {}};
    kernel.numbers = {{"HEIGHT", layer.input.height}, {"WIDTH", layer.input.width}, {"CHANNELS", layer.input.channels},
                      {"OUT_HEIGHT", layer.output.height}, {"OUT_WIDTH", layer.output.width},
                      {"KERNEL_H", w.kernel_h}, {"KERNEL_W", w.kernel_w}, {"STRIDE_H", w.stride_h},
                      {"STRIDE_W", w.stride_w}, {"PAD_TOP", w.pad_top}, {"PAD_LEFT", w.pad_left},
                      {"PAD_CODE", pad_code}, {"REPLAY", replay}};
    const std::int64_t beats = std::int64_t{layer.output.height} * layer.output.width * replay * w.kernel_h *
                               w.kernel_w * (layer.input.channels / input.lanes);
    kernel.outputs = {add_stream(kernel.name, input.element_bits, input.lanes, beats)};
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
        if (reader.inputs[0] != stream) return;
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
  Netlist netlist_;
  std::vector<int> depth_of_;
  std::vector<Arrival> arrivals_;
};

}  // namespace

Result<Netlist> build_netlist(const IntegerNetwork& network) {
  SLUICE_CHECK(network.validate());
  return Builder(network).build();
}

}  // namespace sluice
