// SPDX-License-Identifier: Apache-2.0
// Cycles of each layer (see layer_cycles.hpp).
#include "runtime/bundle/layer_cycles.hpp"

#include <algorithm>

namespace sluice {

namespace {

// Rows (or columns) of a map, `together` at once, with which some of `outputs` leave: one each, but at the edge several with one.
std::int64_t completing(int size, int together, int outputs, int kernel, int stride, int pad) {
  std::int64_t before_last = 0;
  const int last = (size - 1) / together;
  for (int o = 0, seen = -1; o < outputs; ++o) {
    const int at = std::clamp(o * stride - pad + kernel - 1, 0, size - 1) / together;
    if (at < last && at != seen) ++before_last, seen = at;
    if (at == last) return before_last + 1;
  }
  return before_last;
}

double kernel_cycles(const Netlist& netlist, const Kernel& kernel) {
  const double in = static_cast<double>(netlist.streams[std::size_t(kernel.inputs[0])].beats), out = static_cast<double>(netlist.streams[std::size_t(kernel.outputs[0])].beats);
  if (kernel.op == "taps") return in + out;
  const auto n = [&](const char* name) { return kernel.numbers.at(name); };
  const Window window{n("KERNEL_H"), n("KERNEL_W"), n("STRIDE_H"), n("STRIDE_W"), n("PAD_TOP"), n("PAD_LEFT")};
  return in + out - static_cast<double>(completing_beats(window, {n("HEIGHT"), n("WIDTH"), 1}, {n("OUT_HEIGHT"), n("OUT_WIDTH"), 1}, n("IN_PIXELS")));
}

}  // namespace

std::int64_t completing_beats(const Window& w, const MapShape& in, const MapShape& out, int together) {
  return completing(in.height, 1, out.height, w.kernel_h, w.stride_h, w.pad_top) * completing(in.width, together, out.width, w.kernel_w, w.stride_w, w.pad_left);
}

double engine_cycles(const Netlist& netlist, int layer, double busy_cycles) {
  double reading = 0;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer == layer && kernel.op == "compactor") reading = std::max(reading, static_cast<double>(netlist.streams[std::size_t(kernel.inputs[0])].beats));
  }
  return busy_cycles / engine_copies(netlist, layer) + reading;
}

double fixed_layer_cycles(const Netlist& netlist, int layer) {
  double cycles = 1;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer != layer) continue;
    if (kernel.op == "window" || kernel.op == "taps") cycles = std::max(cycles, kernel_cycles(netlist, kernel));
    const auto take = [&](int stream) {
      const Kernel& writer = netlist.kernels[std::size_t(netlist.writer(stream))];
      if (writer.op != "compactor" && writer.op != "tile") cycles = std::max(cycles, static_cast<double>(netlist.streams[std::size_t(stream)].beats));
    };
    for (const int s : kernel.inputs) take(s);
    for (const int s : kernel.outputs) take(s);
  }
  return cycles;
}

std::vector<double> layer_cycles(const Design& design, const std::vector<LayerCounters>& counters) {
  std::vector<double> cycles;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    cycles.push_back(fixed_layer_cycles(design.netlist, static_cast<int>(i)));
  }
  for (const LayerCounters& c : counters) {
    double& of_layer = cycles.at(std::size_t(c.layer));
    of_layer = std::max(of_layer, engine_cycles(design.netlist, c.layer, static_cast<double>(c.busy_cycles)));
  }
  return cycles;
}

double floor_cycles(const Design& design) {
  const Netlist& netlist = design.netlist;
  auto cycles = static_cast<double>(netlist.streams[std::size_t(netlist.kernels.front().outputs[0])].beats);
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    if (engine_of(netlist, static_cast<int>(i)).empty()) cycles = std::max(cycles, fixed_layer_cycles(netlist, static_cast<int>(i)));
  }
  return cycles;
}

}  // namespace sluice
