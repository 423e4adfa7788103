// SPDX-License-Identifier: Apache-2.0
// Masks, and the two counting loops. What is counted is defined at the heads of conv_activation_sparse.cl and
// conv_pair_sparse.cl; a vector of the latter is the taps of one channel, or, for 1x1 windows, `lanes` channels.
#include "runtime/evaluate/counters.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace sluice {
namespace {

#if defined(__x86_64__)
#define SLUICE_POPCOUNT_CLONES __attribute__((target_clones("popcnt", "default")))
#else
#define SLUICE_POPCOUNT_CLONES
#endif

struct Issue {
  std::uint32_t pairs = 0;  // of all filters of a group
  std::uint32_t most = 0;   // of one filter
};

// The live pairs of one vector with each filter of a group, where a mask is one word.
SLUICE_POPCOUNT_CLONES
Issue issue_of(std::uint64_t activations, const std::uint64_t* weights, int filters) {
  std::uint64_t pairs = 0, most = 0;
  for (int f = 0; f < filters; ++f) {
    const auto of_filter = static_cast<std::uint64_t>(std::popcount(activations & weights[f]));
    pairs += of_filter;
    most = of_filter > most ? of_filter : most;
  }
  return {static_cast<std::uint32_t>(pairs), static_cast<std::uint32_t>(most)};
}

SLUICE_POPCOUNT_CLONES
Issue issue_of_long(const std::uint64_t* activations, const std::uint64_t* weights, int words, int filters) {
  Issue issue;
  for (int f = 0; f < filters; ++f, weights += words) {
    std::uint32_t of_filter = 0;
    for (int w = 0; w < words; ++w) of_filter += static_cast<std::uint32_t>(std::popcount(activations[w] & weights[w]));
    issue.pairs += of_filter;
    issue.most = std::max(issue.most, of_filter);
  }
  return issue;
}

bool is_live(int code, int threshold) { return code != 0 && std::abs(code) >= threshold; }

// 1 where a code counts, with the window's border around.
struct LiveMap {
  int width;  // in pixels
  std::vector<std::uint8_t> live;

  LiveMap(const Layer& layer, const Map& input, int threshold) : width(layer.input.width + layer.window.pad_left + layer.window.pad_right) {
    const Window& w = layer.window;
    const int channels = layer.input.channels;
    live.assign(std::size_t(layer.input.height + w.pad_top + w.pad_bottom) * width * channels, 0);
    for (int y = 0; y < layer.input.height; ++y) {
      const std::int32_t* from = input.data() + std::size_t(y) * layer.input.width * channels;
      std::uint8_t* to = live.data() + (std::size_t(y + w.pad_top) * width + w.pad_left) * channels;
      for (int i = 0; i < layer.input.width * channels; ++i) to[i] = is_live(from[i], threshold);
    }
  }
};

bool is_by_taps(const Window& w) { return w.kernel_h * w.kernel_w > 1; }

// Masks of a pixel's vectors, [vector][word]; `window` points at its first pixel.
void activation_masks(const Layer& layer, const std::uint8_t* window, int row, int lanes, int words, std::vector<std::uint64_t>& masks) {
  const Window& w = layer.window;
  const int channels = layer.input.channels;
  std::fill(masks.begin(), masks.end(), 0);
  if (!is_by_taps(w)) {
    for (int c = 0; c < channels; ++c) masks[std::size_t(c / lanes) * words + c % lanes / 64] |= std::uint64_t{window[c]} << (c % lanes % 64);
    return;
  }
  for (int tap = 0; tap < w.kernel_h * w.kernel_w; ++tap) {
    const std::uint8_t* pixel = window + (std::size_t(tap / w.kernel_w) * row + tap % w.kernel_w) * channels;
    for (int c = 0; c < channels; ++c) masks[std::size_t(c) * words + tap / 64] |= std::uint64_t{pixel[c]} << (tap % 64);
  }
}

}  // namespace

CounterModel::CounterModel(const Design& design, const std::vector<Thresholds>& thresholds) : network_(design.network) {
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Layer& layer = network_.layers[i];
    const Thresholds of_layer = thresholds.empty() ? Thresholds{} : thresholds[i];
    for (const Kernel& kernel : design.netlist.kernels) {
      if (kernel.layer != static_cast<int>(i)) continue;
      SparseLayer sparse{static_cast<int>(i), of_layer.activation};
      if (kernel.op == "conv_activation_sparse") {
        sparse.filter_groups = kernel.numbers.at("FILTER_GROUPS");
      } else if (kernel.op == "conv_pair_sparse") {
        sparse.counts_pairs = true;
        sparse.lanes = design.netlist.streams[std::size_t(kernel.inputs[0])].lanes;
        sparse.group_filters = design.netlist.streams[std::size_t(kernel.outputs[0])].lanes;
        sparse.multipliers = kernel.numbers.at("MULTIPLIERS");
        sparse.mask_words = (sparse.lanes + 63) / 64;
        const bool by_taps = is_by_taps(layer.window);
        const int channels = layer.input.channels, filters = layer.output.channels, taps = layer.window.kernel_h * layer.window.kernel_w;
        const int vectors = by_taps ? channels : (channels + sparse.lanes - 1) / sparse.lanes;
        sparse.weights.assign(std::size_t(vectors) * filters * sparse.mask_words, 0);
        for (int f = 0; f < filters; ++f) {
          for (int tap = 0; tap < taps; ++tap) {
            for (int c = 0; c < channels; ++c) {
              if (!is_live(layer.weights[(std::size_t(f) * taps + tap) * channels + c], of_layer.weight)) continue;
              const int vector = by_taps ? c : c / sparse.lanes, bit = by_taps ? tap : c % sparse.lanes;
              sparse.weights[(std::size_t(vector) * filters + f) * sparse.mask_words + bit / 64] |= std::uint64_t{1} << (bit % 64);
            }
          }
        }
      } else {
        continue;
      }
      layers_.push_back(std::move(sparse));
      break;  // copies of an engine have equal numbers, and share the counts
    }
  }
}

LayerCounters CounterModel::count_layer(const SparseLayer& sparse, const Layer& layer, const Map& input) const {
  const Window& w = layer.window;
  const LiveMap map(layer, input, sparse.activation_threshold);
  const int channels = layer.input.channels, filters = layer.output.channels, words = sparse.mask_words;
  LayerCounters counters{sparse.index, 0, 0, 0, 0};
  const int vectors = sparse.counts_pairs ? static_cast<int>(sparse.weights.size()) / filters / words : 0;
  std::vector<std::uint64_t> masks(std::size_t(vectors) * words);
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      const std::uint8_t* window = map.live.data() + (std::size_t(oy) * w.stride_h * map.width + std::size_t(ox) * w.stride_w) * channels;
      if (!sparse.counts_pairs) {
        std::uint32_t live = 0;
        for (int ky = 0; ky < w.kernel_h; ++ky) {
          for (int i = 0; i < w.kernel_w * channels; ++i) live += window[std::size_t(ky) * map.width * channels + i];
        }
        const auto groups = static_cast<std::uint32_t>(sparse.filter_groups);
        counters.vectors += groups;
        counters.nonzero_pairs += live * static_cast<std::uint32_t>(filters);
        counters.busy_cycles += std::max(1u, live) * groups;
        counters.zero_vectors += live == 0 ? groups : 0;
        continue;
      }
      activation_masks(layer, window, map.width, sparse.lanes, words, masks);
      const auto n = static_cast<std::uint32_t>(sparse.multipliers);
      for (int v = 0; v < vectors; ++v) {
        const std::uint64_t* activations = masks.data() + std::size_t(v) * words;
        for (int f = 0; f < filters; f += sparse.group_filters) {
          const std::uint64_t* weights = sparse.weights.data() + (std::size_t(v) * filters + f) * words;
          const Issue issue = words == 1 ? issue_of(*activations, weights, sparse.group_filters)
                                         : issue_of_long(activations, weights, words, sparse.group_filters);
          counters.vectors += 1;
          counters.nonzero_pairs += issue.pairs;
          counters.busy_cycles += std::max(1u, (issue.most + n - 1) / n);
          counters.zero_vectors += issue.most == 0;
        }
      }
    }
  }
  return counters;
}

std::vector<LayerCounters> CounterModel::count(const Evaluator& evaluator, const PictureMaps& maps) const {
  std::vector<LayerCounters> all;
  for (const SparseLayer& sparse : layers_) {
    const Layer& layer = network_.layers[std::size_t(sparse.index)];
    all.push_back(count_layer(sparse, layer, evaluator.map(maps, layer.inputs[0])));
  }
  return all;
}

}  // namespace sluice
