// SPDX-License-Identifier: Apache-2.0
// need[] of every stream, then the bound at every join.
#include "compiler/pipeline/fifo_depth.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "runtime/bundle/netlist_index.hpp"
#include "runtime/bundle/window_completions.hpp"

namespace sluice {
namespace {

// Index of the last network-input pixel needed for each pixel of a map; never decreasing.
using Need = std::vector<int>;

Need need_of_window(const Layer& layer, const Need& in) {
  Need out;
  int latest = 0;
  for (int oy = 0; oy < layer.output.height; ++oy) {
    const int y = last_row_of(layer.window, layer.input, oy);
    for (int ox = 0; ox < layer.output.width; ++ox) {
      const int x = last_column_of(layer.window, layer.input, ox);
      // Raster order: a pixel cannot overtake the ones before it.
      latest = std::max(latest, in[std::size_t(std::max(y, 0)) * layer.input.width + std::max(x, 0)]);
      out.push_back(latest);
    }
  }
  return out;
}

// Tiles: while one is sent, the second one after it is loaded, and the codes of both come by the same beats.
Need need_of_tiles(const Need& in, int tile_pixels) {
  Need out;
  for (std::size_t p = 0; p < in.size(); ++p) {
    const std::size_t last = (p / std::size_t(tile_pixels) + 3) * std::size_t(tile_pixels) - 1;
    out.push_back(in[std::min(last, in.size() - 1)]);
  }
  return out;
}

// The pixels of a map that one of several copies works on, in turn.
Need need_of_copy(const Need& all, const Share& share) {
  Need own;
  for (std::size_t p = std::size_t(share.copy); p < all.size(); p += std::size_t(share.copies)) own.push_back(all[p]);
  return own;
}

// Pixels that an engine sends one after another: those of a tile. Requantisers that it shares are slower than it
// meanwhile.
int pixels_at_once(const Kernel& engine) {
  const auto tile_pixels = engine.numbers.find(Number::tile_pixels);
  return sends_sums(engine) && tile_pixels != engine.numbers.end() ? tile_pixels->second : 1;
}

bool takes_copies(const Kernel& kernel) {
  return kernel.kind == KernelKind::gather || (kernel.kind == KernelKind::requantise && kernel.inputs.size() > 1);
}

// Streams to and from the copies of an engine: a copy is fed, and its results wait for their turn, while it works.
void size_copy(const Share& share, std::int64_t pixels, Stream& stream, int held = 1) {
  const auto beats = static_cast<int>(held * (stream.beats / share.of(pixels)));
  if (beats <= kDepth) return;
  stream.depth = beats;
  stream.why = fmt::format("holds {} of the copy's pixels, so that copies work at the same time", held);
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

// What a scale kernel's gates take through their layers, once averaged, as a share of an image: those take a beat a
// cycle, and an image's beats are spread over the cycles of the slowest stage.
double images_during_gates(const NetlistIndex& index, const Kernel& scale) {
  std::int64_t latency_cycles = 0, interval_cycles = 1;
  for (const Stream& stream : index.netlist().streams) interval_cycles = std::max(interval_cycles, stream.beats);
  for (const Kernel* kernel = &index.writing(scale.inputs[0]);
       !kernel->inputs.empty() && kernel->kind != KernelKind::fork && kernel->kind != KernelKind::global_average_pool;
       kernel = &index.writing(kernel->inputs[0])) {
    if (kernel->numbers.count(Number::curve) == 0) continue;
    latency_cycles += std::max(index.stream(kernel->inputs[0]).beats, index.stream(kernel->outputs[0]).beats);
  }
  return static_cast<double>(latency_cycles) / static_cast<double>(interval_cycles);
}

// Depths of both inputs of a join, and what its output needs. `a` and `b` may have one pixel (gates) for all of the
// map. `late`: of each stream, how long it has waited for gates, in images; its output's is set.
Need size_join(const IntegerNetwork& network, Netlist& netlist, const NetlistIndex& index, const Kernel& kernel, Need a,
               Need b, std::vector<double>& late) {
  const std::size_t pixels = std::max(a.size(), b.size());
  a.resize(pixels, a.back());
  b.resize(pixels, b.back());
  const bool is_scale = kernel.kind == KernelKind::scale;
  const double gate_images = is_scale ? images_during_gates(index, kernel) : 0;
  for (std::size_t side = 0; side < 2; ++side) {
    Stream& stream = netlist.streams[kernel.inputs[side]];
    if (is_scale && side == 0) continue;  // gates are latched as they come
    const int waiting = waiting_pixels(side == 0 ? a : b, side == 0 ? b : a);
    const auto groups = static_cast<int>(stream.beats / (std::int64_t{network.layers[kernel.layer].output.height} *
                                                         network.layers[kernel.layer].output.width));
    const int beats = std::max(0, waiting) * groups;
    if (beats <= kDepth / 2) continue;
    stream.depth = beats + kMargin;
    stream.why = fmt::format("{} pixels of {} beats wait for the other branch, {} more", waiting, groups, kMargin);
    // The other branch is late by gates, too: meanwhile the next image's beats come.
    const double beats_late =
        late[std::size_t(kernel.inputs[1 - side])] + gate_images - late[std::size_t(kernel.inputs[side])];
    const auto later = static_cast<int>(std::ceil(std::max(0.0, beats_late) * static_cast<double>(stream.beats)));
    if (later == 0) continue;
    stream.depth += later;
    stream.why = fmt::format(
        "{} pixels of {} beats wait for the other branch, {} of the next image while gates are computed, {} more",
        waiting, groups, later, kMargin);
  }
  late[std::size_t(kernel.outputs[0])] =
      std::max(late[std::size_t(kernel.inputs[0])], late[std::size_t(kernel.inputs[1])]) + gate_images;
  for (std::size_t p = 0; p < pixels; ++p) a[p] = std::max(a[p], b[p]);
  return a;
}

// The stream into a kernel that holds a pixel while it sends; a line buffer in front of it is never the slow one.
void size_pixel(const IntegerNetwork& network, Netlist& netlist, const NetlistIndex& index, const Kernel& reader) {
  Stream& stream = netlist.streams[reader.inputs[0]];
  const Kernel& writer = index.writing(reader.inputs[0]);
  if (writer.kind == KernelKind::window || writer.kind == KernelKind::taps) return;
  const bool is_of_map = reader.kind == KernelKind::window || reader.kind == KernelKind::taps;
  const MapShape& map = network.layers[reader.layer].input;
  const auto beats = is_of_map ? static_cast<int>(stream.beats / map.pixels()) : reader.numbers.at(Number::steps);
  if (beats + kPixelMargin <= stream.depth) return;
  stream.depth = beats + kPixelMargin;
  stream.why = fmt::format("holds the next pixel's {} beats while the reader sends, {} more", beats, kPixelMargin);
}

// Sums that an engine without copies sends at once wait for the requantisers, not the engine.
void size_sums(Netlist& netlist, const NetlistIndex& index, const Kernel& requantise) {
  Stream& stream = netlist.streams[requantise.inputs[0]];
  const Kernel& engine = index.writing(requantise.inputs[0]);
  const int pixels = pixels_at_once(engine), beats = pixels * engine.numbers.at(Number::filter_groups);
  if (beats <= kDepth) return;
  stream.depth = beats;
  stream.why = fmt::format("holds the sums of {} pixels, {} beats, that the engine sends at once", pixels, beats);
}

}  // namespace

void size_fifos(const IntegerNetwork& network, Netlist& netlist) {
  const NetlistIndex index(netlist);  // who writes and reads does not change here
  std::vector<Need> need(netlist.streams.size());
  std::vector<double> late(netlist.streams.size(), 0.0);
  for (Stream& stream : netlist.streams) {
    stream.depth = kDepth;
    stream.why = "lets writer and reader run apart by a few beats";
  }
  for (const Kernel& kernel : netlist.kernels) {
    for (const int s : kernel.outputs)
      late[std::size_t(s)] = kernel.inputs.empty() ? 0.0 : late[std::size_t(kernel.inputs[0])];
    if (kernel.kind == KernelKind::window || kernel.kind == KernelKind::taps || kernel.kind == KernelKind::replay)
      size_pixel(network, netlist, index, kernel);
    if (kernel.kind == KernelKind::requantise && kernel.inputs.size() == 1) size_sums(netlist, index, kernel);
    if (kernel.kind == KernelKind::source) {
      Need& out = need[kernel.outputs[0]];
      out.resize(std::size_t(network.input.height) * network.input.width);
      std::iota(out.begin(), out.end(), 0);
      // A pixel comes with the last one of its beat.
      const int together = std::max(1, netlist.streams[kernel.outputs[0]].lanes / network.input.channels);
      for (int& pixel : out) pixel = pixel / together * together + together - 1;
    } else if (kernel.kind == KernelKind::window || kernel.kind == KernelKind::taps) {
      const Layer& layer = network.layers[kernel.layer];
      const Need windows = need_of_window(layer, need[kernel.inputs[0]]);
      for (std::size_t copy = 0; copy < kernel.outputs.size(); ++copy) {
        const Share share{static_cast<int>(copy), static_cast<int>(kernel.outputs.size())};
        need[kernel.outputs[copy]] = need_of_copy(windows, share);
        if (share.copies > 1) size_copy(share, layer.output.pixels(), netlist.streams[kernel.outputs[copy]]);
      }
    } else if (kernel.kind == KernelKind::tile) {
      need[kernel.outputs[0]] = need_of_tiles(need[kernel.inputs[0]], kernel.numbers.at(Number::tile_pixels));
    } else if (kernel.kind == KernelKind::global_average_pool) {
      need[kernel.outputs[0]] = {need[kernel.inputs[0]].back()};
    } else if (kernel.kind == KernelKind::collector) {
      for (const int s : kernel.inputs) {
        netlist.streams[s].depth = kRecordDepth;
        netlist.streams[s].why = "records of layers that are images ahead of the last one";
      }
    } else if (takes_copies(kernel)) {
      const Layer& layer = network.layers[kernel.layer];
      const std::size_t copies = kernel.inputs.size();
      Need& out = need[kernel.outputs[0]];
      out.resize(std::size_t(layer.output.height) * layer.output.width);
      for (std::size_t p = 0; p < out.size(); ++p) out[p] = need[kernel.inputs[p % copies]][p / copies];
      for (std::size_t copy = 0; copy < copies; ++copy) {
        const Kernel& engine = index.writing(kernel.inputs[copy]);
        size_copy(index.share(engine), std::ssize(out), netlist.streams[kernel.inputs[copy]], pixels_at_once(engine));
      }
    } else if (kernel.inputs.size() == 2) {
      need[kernel.outputs[0]] =
          size_join(network, netlist, index, kernel, need[kernel.inputs[0]], need[kernel.inputs[1]], late);
    } else {
      for (const int s : kernel.outputs) need[s] = need[kernel.inputs[0]];
    }
  }
}

}  // namespace sluice
