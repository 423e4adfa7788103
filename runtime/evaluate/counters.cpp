// SPDX-License-Identifier: Apache-2.0
// Masks, and the counting loops: of codes (activation_sparse, grouped_prefix), of weights, of pairs. What is counted is
// defined at the heads of the conv_*.cl files; a vector of conv_pair_sparse.cl is the taps of one channel, or, for 1x1
// windows, `lanes` channels.
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
    const auto filter_pairs = static_cast<std::uint64_t>(std::popcount(activations & weights[f]));
    pairs += filter_pairs;
    most = filter_pairs > most ? filter_pairs : most;
  }
  return {static_cast<std::uint32_t>(pairs), static_cast<std::uint32_t>(most)};
}

SLUICE_POPCOUNT_CLONES
Issue issue_of_long(const std::uint64_t* activations, const std::uint64_t* weights, int words, int filters) {
  Issue issue;
  for (int f = 0; f < filters; ++f, weights += words) {
    std::uint32_t filter_pairs = 0;
    for (int w = 0; w < words; ++w)
      filter_pairs += static_cast<std::uint32_t>(std::popcount(activations[w] & weights[w]));
    issue.pairs += filter_pairs;
    issue.most = std::max(issue.most, filter_pairs);
  }
  return issue;
}

bool is_live(int code, int threshold) { return code != 0 && std::abs(code) >= threshold; }

// 1 where a code counts, with the window's border around.
struct LiveMap {
  int width;  // in pixels
  std::vector<std::uint8_t> live;

  LiveMap(const Layer& layer, const Map& input, int threshold)
      : width(layer.input.width + layer.window.pad_left + layer.window.pad_right) {
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

bool is_by_taps(const Window& w) { return w.taps() > 1; }

// Masks of a pixel's vectors, [vector][word]; `window` points at its first pixel.
void activation_masks(const Layer& layer, const std::uint8_t* window, int row, int lanes, int words,
                      std::vector<std::uint64_t>& masks) {
  const Window& w = layer.window;
  const int channels = layer.input.channels;
  std::fill(masks.begin(), masks.end(), 0);
  if (!is_by_taps(w)) {
    for (int c = 0; c < channels; ++c)
      masks[std::size_t(c / lanes) * words + c % lanes / 64] |= std::uint64_t{window[c]} << (c % lanes % 64);
    return;
  }
  for (int tap = 0; tap < w.taps(); ++tap) {
    const std::uint8_t* pixel = window + (std::size_t(tap / w.kernel_w) * row + tap % w.kernel_w) * channels;
    for (int c = 0; c < channels; ++c)
      masks[std::size_t(c) * words + tap / 64] |= std::uint64_t{pixel[c]} << (tap % 64);
  }
}

// Of the weight-sparse engine, whatever the picture: filters in lock step, pixels in tiles.
LayerVectors count_weights(int index, const Layer& layer, int weight_threshold, int tile_pixels, int group_filters,
                           int copies) {
  const auto pixels = static_cast<std::uint32_t>(layer.output.height * layer.output.width),
             per_tile = static_cast<std::uint32_t>(tile_pixels);
  std::uint32_t tiles = 0;  // each copy cuts its own pixels
  for (int copy = 0; copy < copies; ++copy)
    tiles += (static_cast<std::uint32_t>(Share{copy, copies}.of(pixels)) + per_tile - 1) / per_tile;
  const std::size_t filters = layer.bias.size(), per_filter = layer.weights.size() / filters;
  LayerVectors work{.counters = {index, 0, 0, 0, 0}};
  LayerCounters& counters = work.counters;
  std::uint32_t longest = 0;
  for (std::size_t f = 0; f < filters; ++f) {
    const auto first = layer.weights.begin() + static_cast<std::ptrdiff_t>(f * per_filter);
    const auto live = static_cast<std::uint32_t>(std::count_if(first, first + static_cast<std::ptrdiff_t>(per_filter),
                                                               [&](int w) { return is_live(w, weight_threshold); }));
    counters.nonzero_pairs += live * pixels;
    counters.zero_vectors += live == 0 ? tiles : 0;
    longest = std::max(longest, live);
    if ((f + 1) % std::size_t(group_filters) != 0) continue;
    work.live.push_back(static_cast<std::uint16_t>(std::max(1u, longest)));
    counters.busy_cycles += work.live.back() * tiles;
    longest = 0;
  }
  counters.vectors = tiles * static_cast<std::uint32_t>(filters);
  return work;
}

// Of each sparse engine, vectors of an image of zeros: <op>_zeros.
void conv_activation_sparse_zeros(const Design&, const Kernel& engine, LayerVectors& work) {
  work.live.assign(std::size_t(work.pixels) * std::size_t(engine.numbers.at(Number::steps)), 0);
}

void conv_grouped_prefix_zeros(const Design& design, const Kernel& engine, LayerVectors& work) {
  conv_activation_sparse_zeros(design, engine, work);
}

void conv_weight_sparse_zeros(const Design&, const Kernel& engine, LayerVectors& work) {
  work.live.assign(std::size_t(engine.numbers.at(Number::filter_groups)), 1);
}

void conv_pair_sparse_zeros(const Design& design, const Kernel& engine, LayerVectors& work) {
  const Layer& layer = design.network.layers[std::size_t(engine.layer)];
  const int filters = design.netlist.streams[std::size_t(engine.outputs[0])].lanes;
  const int vectors = engine.numbers.at(Number::steps) * (layer.output.channels / filters);
  work.live.assign(std::size_t(layer.output.pixels()) * std::size_t(vectors), 0);
}

}  // namespace

LayerVectors zero_work(const Design& design, const Kernel& engine) {
  const Layer& layer = design.network.layers[std::size_t(engine.layer)];
  LayerVectors work{.counters = {engine.layer, 0, 0, 0, 0}, .pixels = layer.output.pixels()};
  switch (engine.kind) {
#define SLUICE_SPARSE_ENGINE(op, name) \
  case KernelKind::op:                 \
    op##_zeros(design, engine, work);  \
    break;
#include "device/contract/kernel_list.inc"
    default:
      break;  // other kernels have no work of their own
  }
  return work;
}

void CounterModel::conv_activation_sparse_layer(const Engine& engine, SparseLayer& sparse) {
  sparse.passes = static_cast<std::uint32_t>(engine.number(Number::filter_groups));
  sparse.code_pairs = static_cast<std::uint32_t>(engine.layer.output.channels) / sparse.passes;
  sparse.lanes = engine.in_lanes();
}

void CounterModel::conv_grouped_prefix_layer(const Engine& engine, SparseLayer& sparse) {
  const int ranks = engine.number(Number::ranks), multipliers = engine.out_lanes(), k = engine.thresholds.prefix.k;
  sparse.passes = static_cast<std::uint32_t>(engine.layer.output.channels / (ranks * multipliers));
  sparse.code_cycles = static_cast<std::uint16_t>(k == 0 ? ranks : k);
  sparse.code_pairs = sparse.code_cycles * static_cast<std::uint32_t>(multipliers);
  sparse.lanes = engine.in_lanes();
  sparse.end_cycles = static_cast<std::uint32_t>(ranks);
}

void CounterModel::conv_weight_sparse_layer(const Engine& engine, SparseLayer& sparse) {
  sparse.fixed_vectors =
      count_weights(engine.kernel.layer, engine.layer, engine.thresholds.weight, engine.number(Number::tile_pixels),
                    engine.out_lanes(), engine.index.copies(engine.kernel.layer));
}

void CounterModel::conv_pair_sparse_layer(const Engine& engine, SparseLayer& sparse) {
  const Layer& layer = engine.layer;
  sparse.counts_pairs = true;
  sparse.lanes = engine.in_lanes();
  sparse.group_filters = engine.out_lanes();
  sparse.multipliers = engine.number(Number::multipliers);
  sparse.mask_words = (sparse.lanes + 63) / 64;
  const bool by_taps = is_by_taps(layer.window);
  const int channels = layer.input.channels, filters = layer.output.channels,
            taps = layer.window.kernel_h * layer.window.kernel_w;
  const int vectors = by_taps ? channels : (channels + sparse.lanes - 1) / sparse.lanes;
  sparse.weights.assign(std::size_t(vectors) * filters * sparse.mask_words, 0);
  for (int f = 0; f < filters; ++f) {
    for (int tap = 0; tap < taps; ++tap) {
      for (int c = 0; c < channels; ++c) {
        if (!is_live(layer.weights[(std::size_t(f) * taps + tap) * channels + c], engine.thresholds.weight)) continue;
        const int vector = by_taps ? c : c / sparse.lanes, bit = by_taps ? tap : c % sparse.lanes;
        sparse.weights[(std::size_t(vector) * filters + f) * sparse.mask_words + bit / 64] |= std::uint64_t{1}
                                                                                              << (bit % 64);
      }
    }
  }
}

CounterModel::CounterModel(const Design& design, const std::vector<Thresholds>& thresholds) : network_(design.network) {
  const NetlistIndex index(design.netlist);
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Thresholds layer_thresholds = thresholds.empty() ? Thresholds{} : thresholds[i];
    const Kernel* kernel = index.sparse_engine(static_cast<int>(i));
    if (kernel == nullptr) continue;
    const Engine engine{index, *kernel, network_.layers[i], layer_thresholds};
    SparseLayer& sparse = layers_.emplace_back(SparseLayer{static_cast<int>(i), layer_thresholds.activation});
    switch (kernel->kind) {
#define SLUICE_SPARSE_ENGINE(op, name) \
  case KernelKind::op:                 \
    op##_layer(engine, sparse);        \
    break;
#include "device/contract/kernel_list.inc"
      default:
        break;
    }
  }
}

// Calls fn(pixel, its window's first code in the map) for every output pixel.
template <typename Fn>
void for_each_window(const Layer& layer, const LiveMap& map, Fn fn) {
  const Window& w = layer.window;
  std::size_t pixel = 0;
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox, ++pixel) {
      const std::size_t first = std::size_t(oy) * w.stride_h * map.width + std::size_t(ox) * w.stride_w;
      fn(pixel, map.live.data() + first * std::size_t(layer.input.channels));
    }
  }
}

LayerCounters CounterModel::count_codes(const SparseLayer& sparse, const Layer& layer, const Map& input,
                                        std::vector<std::uint16_t>* live) {
  const Window& w = layer.window;
  const LiveMap map(layer, input, sparse.activation_threshold);
  const int channels = layer.input.channels, lanes = sparse.lanes;
  LayerCounters counters{sparse.index, 0, 0, 0, 0};
  if (live != nullptr) live->reserve(std::size_t(layer.output.pixels() * w.taps() * (channels / lanes)));
  for_each_window(layer, map, [&](std::size_t, const std::uint8_t* window) {
    std::uint32_t codes = 0, cycles = sparse.end_cycles;
    for (int first = 0; first < channels; first += lanes) {
      for (int tap = 0; tap < w.taps(); ++tap) {
        const std::uint8_t* beat =
            window + (std::size_t(tap / w.kernel_w) * map.width + tap % w.kernel_w) * channels + first;
        std::uint32_t in_beat = 0;
        for (int lane = 0; lane < lanes; ++lane) in_beat += beat[lane];
        codes += in_beat;
        cycles += std::max(1u, in_beat * sparse.code_cycles);
        if (live != nullptr) live->push_back(static_cast<std::uint16_t>(in_beat));
      }
    }
    counters.vectors += sparse.passes;
    counters.nonzero_pairs += codes * sparse.code_pairs * sparse.passes;
    counters.busy_cycles += cycles * sparse.passes;
    counters.zero_vectors += codes == 0 ? sparse.passes : 0;
  });
  return counters;
}

LayerCounters CounterModel::count_pairs(const SparseLayer& sparse, const Layer& layer, const Map& input,
                                        std::vector<std::uint16_t>* live) {
  const LiveMap map(layer, input, sparse.activation_threshold);
  const int filters = layer.output.channels, words = sparse.mask_words;
  LayerCounters counters{sparse.index, 0, 0, 0, 0};
  const int vectors = static_cast<int>(sparse.weights.size()) / filters / words;
  std::vector<std::uint64_t> masks(std::size_t(vectors) * words);
  const std::size_t per_pixel = std::size_t(filters / sparse.group_filters) * vectors;
  if (live != nullptr) live->resize(std::size_t(layer.output.pixels()) * per_pixel);
  const auto n = static_cast<std::uint32_t>(sparse.multipliers);
  for_each_window(layer, map, [&](std::size_t pixel, const std::uint8_t* window) {
    activation_masks(layer, window, map.width, sparse.lanes, words, masks);
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
        if (live != nullptr)
          (*live)[pixel * per_pixel + std::size_t(f / sparse.group_filters) * vectors + v] =
              static_cast<std::uint16_t>(issue.most);
      }
    }
  });
  return counters;
}

std::vector<LayerCounters> CounterModel::count(const Evaluator& evaluator, const PictureMaps& maps) const {
  std::vector<LayerCounters> all;
  for (const SparseLayer& sparse : layers_) {
    const Layer& layer = network_.layers[std::size_t(sparse.index)];
    all.push_back(sparse.fixed_vectors ? sparse.fixed_vectors->counters
                                       : count_layer(sparse, layer, evaluator.map(maps, layer.inputs[0]), nullptr));
  }
  return all;
}

std::vector<LayerVectors> CounterModel::work(const Evaluator& evaluator, const PictureMaps& maps) const {
  std::vector<LayerVectors> all;
  for (const SparseLayer& sparse : layers_) {
    if (sparse.fixed_vectors) {
      all.push_back(*sparse.fixed_vectors);
      continue;
    }
    const Layer& layer = network_.layers[std::size_t(sparse.index)];
    LayerVectors& work = all.emplace_back();
    work.pixels = layer.output.pixels();
    work.code_cycles = sparse.code_cycles;
    work.counters = count_layer(sparse, layer, evaluator.map(maps, layer.inputs[0]), &work.live);
  }
  return all;
}

}  // namespace sluice
