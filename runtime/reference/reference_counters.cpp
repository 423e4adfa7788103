// SPDX-License-Identifier: Apache-2.0
// Counting loops, one per engine.
#include "runtime/reference/reference_counters.hpp"

#include <algorithm>
#include <cstdlib>

namespace sluice {
namespace {

// A convolution's input and weights with the row's thresholds applied.
struct Operands {
  const Layer& layer;
  const Map& input;
  Thresholds thresholds;

  bool is_activation_live(int y, int x, int channel) const {
    if (y < 0 || y >= layer.input.height || x < 0 || x >= layer.input.width) return false;
    const int code = input[(std::size_t(y) * layer.input.width + x) * layer.input.channels + channel];
    return code != 0 && std::abs(code) >= thresholds.activation;
  }
  bool is_weight_live(int filter, int ky, int kx, int channel) const {
    const Window& w = layer.window;
    const int code = layer.weights[((std::size_t(filter) * w.kernel_h + ky) * w.kernel_w + kx) * layer.input.channels + channel];
    return code != 0 && std::abs(code) >= thresholds.weight;
  }
};

// A vector is the list of a pixel's non-zero activations; each entry keeps all filters of a group busy for a cycle.
void count_activation_sparse(const Operands& o, int filter_groups, LayerCounters& counters) {
  const Layer& layer = o.layer;
  const Window& w = layer.window;
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      std::uint32_t live = 0;
      for (int ky = 0; ky < w.kernel_h; ++ky) {
        for (int kx = 0; kx < w.kernel_w; ++kx) {
          for (int c = 0; c < layer.input.channels; ++c) {
            live += o.is_activation_live(oy * w.stride_h - w.pad_top + ky, ox * w.stride_w - w.pad_left + kx, c);
          }
        }
      }
      const auto groups = static_cast<std::uint32_t>(filter_groups);
      counters.vectors += groups;
      counters.nonzero_pairs += live * static_cast<std::uint32_t>(layer.output.channels);
      counters.busy_cycles += std::max(1u, live) * groups;
      counters.zero_vectors += live == 0 ? groups : 0;
    }
  }
}

// One (vector, filter group) issue of the pair-sparse engine: live(m, filter) tells whether pair m has work.
template <typename Live>
void count_issue(int lanes, int first_filter, int filters, int multipliers, Live live, LayerCounters& counters) {
  std::uint32_t most = 0, pairs = 0;
  for (int f = 0; f < filters; ++f) {
    std::uint32_t of_filter = 0;
    for (int m = 0; m < lanes; ++m) of_filter += live(m, first_filter + f);
    pairs += of_filter;
    most = std::max(most, of_filter);
  }
  const auto n = static_cast<std::uint32_t>(multipliers);
  counters.vectors += 1;
  counters.nonzero_pairs += pairs;
  counters.busy_cycles += std::max(1u, (most + n - 1) / n);
  counters.zero_vectors += most == 0;
}

// A vector is the taps of one channel, or, for 1x1, `lanes` channels.
void count_pair_sparse(const Operands& o, int lanes, int group_filters, int multipliers, LayerCounters& counters) {
  const Layer& layer = o.layer;
  const Window& w = layer.window;
  const bool is_by_taps = w.kernel_h * w.kernel_w > 1;
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

}  // namespace

std::vector<LayerCounters> reference_counters(const Design& design, const std::vector<std::int16_t>& codes,
                                              const std::vector<Map>& maps, const std::vector<Thresholds>& thresholds) {
  const Map input(codes.begin(), codes.end());
  std::vector<LayerCounters> all;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Layer& layer = design.network.layers[i];
    for (const Kernel& kernel : design.netlist.kernels) {
      if (kernel.layer != static_cast<int>(i)) continue;
      const int source = layer.inputs[0];
      const Operands operands{layer, source < 0 ? input : maps[std::size_t(source)],
                              thresholds.empty() ? Thresholds{} : thresholds[i]};
      LayerCounters counters{static_cast<int>(i), 0, 0, 0, 0};
      if (kernel.op == "conv_activation_sparse") {
        count_activation_sparse(operands, kernel.numbers.at("FILTER_GROUPS"), counters);
      } else if (kernel.op == "conv_pair_sparse") {
        count_pair_sparse(operands, design.netlist.streams[kernel.inputs[0]].lanes,
                          design.netlist.streams[kernel.outputs[0]].lanes, kernel.numbers.at("MULTIPLIERS"), counters);
      } else {
        continue;
      }
      all.push_back(counters);
      break;  // copies of an engine have equal numbers, and share the counts
    }
  }
  return all;
}

}  // namespace sluice
