// SPDX-License-Identifier: Apache-2.0
// Counting loops, one per engine.
#include "runtime/reference/reference_counters.hpp"

#include <algorithm>
#include <cstdlib>

#include "runtime/bundle/netlist_index.hpp"

namespace sluice {
namespace {

// A convolution's input and weights with the row's thresholds applied, and the engine that computes it.
struct Operands {
  const Layer& layer;
  const Map& input;
  Thresholds thresholds;
  const NetlistIndex& index;
  const Kernel& engine;

  int number(Number name) const { return engine.numbers.at(name); }
  int in_lanes() const { return index.stream(engine.inputs[0]).lanes; }
  int out_lanes() const { return index.stream(engine.outputs[0]).lanes; }

  bool is_activation_live(int y, int x, int channel) const {
    if (y < 0 || y >= layer.input.height || x < 0 || x >= layer.input.width) return false;
    const int code = input[(std::size_t(y) * layer.input.width + x) * layer.input.channels + channel];
    return code != 0 && std::abs(code) >= thresholds.activation;
  }
  bool is_weight_live(int filter, int ky, int kx, int channel) const {
    const Window& w = layer.window;
    const int code =
        layer.weights[((std::size_t(filter) * w.kernel_h + ky) * w.kernel_w + kx) * layer.input.channels + channel];
    return code != 0 && std::abs(code) >= thresholds.weight;
  }
};

// Calls fn for the window of each output pixel: how many activations are live, and the cycles of its beats where a live
// one takes `code_cycles` and a beat at least one.
template <typename Fn>
void for_each_window(const Operands& o, std::uint32_t code_cycles, Fn fn) {
  const Layer& layer = o.layer;
  const Window& w = layer.window;
  const int lanes = o.in_lanes();
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      std::uint32_t live = 0, cycles = 0;
      for (int ky = 0; ky < w.kernel_h; ++ky) {
        for (int kx = 0; kx < w.kernel_w; ++kx) {
          for (int c = 0; c < layer.input.channels; c += lanes) {
            std::uint32_t in_beat = 0;
            for (int lane = 0; lane < lanes; ++lane)
              in_beat +=
                  o.is_activation_live(oy * w.stride_h - w.pad_top + ky, ox * w.stride_w - w.pad_left + kx, c + lane);
            live += in_beat;
            cycles += std::max(1u, in_beat * code_cycles);
          }
        }
      }
      fn(live, cycles);
    }
  }
}

// A vector is the window of a pixel; each live activation keeps all filters of a group busy for a cycle.
void count_conv_activation_sparse(const Operands& o, LayerCounters& counters) {
  const auto filter_groups = static_cast<std::uint32_t>(o.number(Number::filter_groups));
  for_each_window(o, 1, [&](std::uint32_t live, std::uint32_t cycles) {
    counters.vectors += filter_groups;
    counters.nonzero_pairs += live * static_cast<std::uint32_t>(o.layer.output.channels);
    counters.busy_cycles += cycles * filter_groups;
    counters.zero_vectors += live == 0 ? filter_groups : 0;
  });
}

// The same window, once per pass: k cycles a live activation, in each a product per multiplier, and a cycle per rank to
// fetch the sums.
void count_conv_grouped_prefix(const Operands& o, LayerCounters& counters) {
  const auto ranks = static_cast<std::uint32_t>(o.number(Number::ranks)),
             multipliers = static_cast<std::uint32_t>(o.out_lanes());
  const auto passes = static_cast<std::uint32_t>(o.layer.output.channels) / (ranks * multipliers);
  const auto k = o.thresholds.prefix.k == 0 ? ranks : static_cast<std::uint32_t>(o.thresholds.prefix.k);
  for_each_window(o, k, [&](std::uint32_t live, std::uint32_t cycles) {
    counters.vectors += passes;
    counters.nonzero_pairs += live * k * multipliers * passes;
    counters.busy_cycles += (cycles + ranks) * passes;
    counters.zero_vectors += live == 0 ? passes : 0;
  });
}

// One (vector, filter group) issue of the pair-sparse engine: live(m, filter) tells whether pair m has work.
template <typename Live>
void count_issue(int lanes, int first_filter, int filters, int multipliers, Live live, LayerCounters& counters) {
  std::uint32_t most = 0, pairs = 0;
  for (int f = 0; f < filters; ++f) {
    std::uint32_t filter_pairs = 0;
    for (int m = 0; m < lanes; ++m) filter_pairs += live(m, first_filter + f);
    pairs += filter_pairs;
    most = std::max(most, filter_pairs);
  }
  const auto n = static_cast<std::uint32_t>(multipliers);
  counters.vectors += 1;
  counters.nonzero_pairs += pairs;
  counters.busy_cycles += std::max(1u, (most + n - 1) / n);
  counters.zero_vectors += most == 0;
}

// A vector is the taps of one channel, or, for 1x1, `lanes` channels.
void count_conv_pair_sparse(const Operands& o, LayerCounters& counters) {
  const int lanes = o.in_lanes(), group_filters = o.out_lanes(), multipliers = o.number(Number::multipliers);
  const Layer& layer = o.layer;
  const Window& w = layer.window;
  const bool is_by_taps = w.taps() > 1;
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      const int y0 = oy * w.stride_h - w.pad_top, x0 = ox * w.stride_w - w.pad_left;
      for (int filter = 0; filter < layer.output.channels; filter += group_filters) {
        for (int c = 0; c < layer.input.channels; c += is_by_taps ? 1 : lanes) {
          const auto live = [&](int m, int f) {
            const int ky = is_by_taps ? m / w.kernel_w : 0, kx = is_by_taps ? m % w.kernel_w : 0;
            const int channel = is_by_taps ? c : c + m;
            return o.is_activation_live(y0 + ky, x0 + kx, channel) && o.is_weight_live(f, ky, kx, channel);
          };
          count_issue(lanes, filter, group_filters, multipliers, live, counters);
        }
      }
    }
  }
}

// A vector is a filter's live weights on a tile of pixels; each keeps the tile's pixels busy for a cycle.
void count_tiles(const Operands& o, int pixels, LayerCounters& counters) {
  const Layer& layer = o.layer;
  const int tile_pixels = o.number(Number::tile_pixels), group_filters = o.out_lanes();
  for (int first_pixel = 0; first_pixel < pixels; first_pixel += tile_pixels) {
    const auto pixels_of_tile = static_cast<std::uint32_t>(std::min(tile_pixels, pixels - first_pixel));
    for (int filter = 0; filter < layer.output.channels; filter += group_filters) {
      std::uint32_t most = 0;
      for (int f = filter; f < filter + group_filters; ++f) {
        std::uint32_t live = 0;
        for (int ky = 0; ky < layer.window.kernel_h; ++ky) {
          for (int kx = 0; kx < layer.window.kernel_w; ++kx) {
            for (int c = 0; c < layer.input.channels; ++c) live += o.is_weight_live(f, ky, kx, c);
          }
        }
        counters.vectors += 1;
        counters.nonzero_pairs += live * pixels_of_tile;
        counters.zero_vectors += live == 0;
        most = std::max(most, live);
      }
      counters.busy_cycles += std::max(1u, most);
    }
  }
}

// Each copy cuts the pixels of its own into tiles.
void count_conv_weight_sparse(const Operands& o, LayerCounters& counters) {
  const int copies = o.index.copies(o.engine.layer), pixels = o.layer.output.height * o.layer.output.width;
  for (int copy = 0; copy < copies; ++copy) count_tiles(o, static_cast<int>(Share{copy, copies}.of(pixels)), counters);
}

}  // namespace

std::vector<LayerCounters> reference_counters(const Design& design, const std::vector<std::int16_t>& codes,
                                              const std::vector<Map>& maps, const std::vector<Thresholds>& thresholds) {
  const NetlistIndex index(design.netlist);
  const Map input(codes.begin(), codes.end());
  std::vector<LayerCounters> all;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Kernel* engine = index.sparse_engine(static_cast<int>(i));
    if (engine == nullptr) continue;
    const Layer& layer = design.network.layers[i];
    const int source = layer.inputs[0];
    const Operands operands{layer, source < 0 ? input : maps[std::size_t(source)],
                            thresholds.empty() ? Thresholds{} : thresholds[i], index, *engine};
    LayerCounters& counters = all.emplace_back(LayerCounters{static_cast<int>(i), 0, 0, 0, 0});
    switch (engine->kind) {
#define SLUICE_SPARSE_ENGINE(op, name) \
  case KernelKind::op:                 \
    count_##op(operands, counters);    \
    break;
#include "device/contract/kernel_list.inc"
      default:
        break;
    }
  }
  return all;
}

}  // namespace sluice
