// SPDX-License-Identifier: Apache-2.0
// need[] of every stream, then the bound at every join.
#include "compiler/pipeline/fifo_depth.hpp"

#include <algorithm>
#include <numeric>

namespace sluice {
namespace {

// Index of the last network-input pixel needed for each pixel of a map; never decreasing.
using Need = std::vector<int>;

Need need_of_window(const Layer& layer, const Need& in) {
  const Window& w = layer.window;
  Need out;
  int latest = 0;
  for (int oy = 0; oy < layer.output.height; ++oy) {
    const int y = std::min(oy * w.stride_h - w.pad_top + w.kernel_h - 1, layer.input.height - 1);
    for (int ox = 0; ox < layer.output.width; ++ox) {
      const int x = std::min(ox * w.stride_w - w.pad_left + w.kernel_w - 1, layer.input.width - 1);
      // Raster order: a pixel cannot overtake the ones before it.
      latest = std::max(latest, in[std::size_t(std::max(y, 0)) * layer.input.width + std::max(x, 0)]);
      out.push_back(latest);
    }
  }
  return out;
}

// Most pixels of `early` that wait while `late` catches up.
int waiting_pixels(const Need& early, const Need& late) {
  int most = 0;
  std::size_t made = 0;
  for (std::size_t p = 0; p < late.size(); ++p) {
    while (made < early.size() && early[made] <= late[p]) ++made;
    most = std::max(most, static_cast<int>(made) - static_cast<int>(p));
  }
  return most;
}

}  // namespace

void size_fifos(const IntegerNetwork& network, Netlist& netlist) {
  std::vector<Need> need(netlist.streams.size());
  for (Stream& stream : netlist.streams) {
    stream.depth = kDepth;
    stream.why = "lets writer and reader run apart by a few beats";
  }
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.op == "source") {
      Need& out = need[kernel.outputs[0]];
      out.resize(std::size_t(network.input.height) * network.input.width);
      std::iota(out.begin(), out.end(), 0);
    } else if (kernel.op == "window" || kernel.op == "taps") {
      need[kernel.outputs[0]] = need_of_window(network.layers[kernel.layer], need[kernel.inputs[0]]);
    } else if (kernel.op == "global_average_pool") {
      need[kernel.outputs[0]] = {need[kernel.inputs[0]].back()};
    } else if (kernel.op == "add") {
      const Need& a = need[kernel.inputs[0]];
      const Need& b = need[kernel.inputs[1]];
      for (int side = 0; side < 2; ++side) {
        Stream& stream = netlist.streams[kernel.inputs[side]];
        const int pixels = waiting_pixels(side == 0 ? a : b, side == 0 ? b : a);
        const int groups = network.layers[kernel.layer].input.channels / stream.lanes;
        if (pixels <= 1) continue;
        stream.depth = pixels * groups + kMargin;
        stream.why = fmt::format("{} pixels of {} beats wait for the other branch, {} more", pixels, groups, kMargin);
      }
      Need& out = need[kernel.outputs[0]];
      out.resize(a.size());
      for (std::size_t p = 0; p < a.size(); ++p) out[p] = std::max(a[p], b[p]);
    } else if (kernel.op == "collector") {
      for (const int s : kernel.inputs) {
        netlist.streams[s].depth = kRecordDepth;
        netlist.streams[s].why = "records of layers that are images ahead of the last one";
      }
    } else {
      for (const int s : kernel.outputs) need[s] = need[kernel.inputs[0]];
    }
  }
}

}  // namespace sluice
