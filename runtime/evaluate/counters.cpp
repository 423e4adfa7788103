// SPDX-License-Identifier: Apache-2.0
// What each engine counts by, the weights' counts, and the maps that are counted on. What is counted is defined at the
// heads of the conv_*.cl files.
#include "runtime/evaluate/counters.hpp"

#include <algorithm>

namespace sluice {
namespace {

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
  const auto passes = static_cast<std::uint32_t>(engine.number(Number::filter_groups));
  sparse.codes.emplace(engine.layer,
                       CodeEngine{.passes = passes,
                                  .code_pairs = static_cast<std::uint32_t>(engine.layer.output.channels) / passes,
                                  .lanes = engine.in_lanes()});
}

void CounterModel::conv_grouped_prefix_layer(const Engine& engine, SparseLayer& sparse) {
  const int ranks = engine.number(Number::ranks), multipliers = engine.out_lanes(), k = engine.thresholds.prefix.k;
  sparse.code_cycles = static_cast<std::uint16_t>(k == 0 ? ranks : k);
  sparse.codes.emplace(
      engine.layer,
      CodeEngine{.passes = static_cast<std::uint32_t>(engine.layer.output.channels / (ranks * multipliers)),
                 .code_pairs = sparse.code_cycles * static_cast<std::uint32_t>(multipliers),
                 .end_cycles = static_cast<std::uint32_t>(ranks),
                 .code_cycles = sparse.code_cycles,
                 .lanes = engine.in_lanes()});
}

void CounterModel::conv_weight_sparse_layer(const Engine& engine, SparseLayer& sparse) {
  sparse.fixed_vectors =
      count_weights(engine.kernel.layer, engine.layer, engine.thresholds.weight, engine.number(Number::tile_pixels),
                    engine.out_lanes(), engine.index.copies(engine.kernel.layer));
}

void CounterModel::conv_pair_sparse_layer(const Engine& engine, SparseLayer& sparse) {
  sparse.pairs.emplace(engine.layer, engine.thresholds.weight,
                       PairEngine{engine.in_lanes(), engine.out_lanes(), engine.number(Number::multipliers)});
}

CounterModel::CounterModel(const Design& design, const std::vector<Thresholds>& thresholds) : network_(design.network) {
  const NetlistIndex index(design.netlist);
  for (std::size_t i = 0; i < network_.layers.size(); ++i) {
    const Thresholds layer_thresholds = thresholds.empty() ? Thresholds{} : thresholds[i];
    const Kernel* kernel = index.sparse_engine(static_cast<int>(i));
    if (kernel == nullptr) continue;
    const Engine engine{index, *kernel, network_.layers[i], layer_thresholds};
    SparseLayer& sparse = layers_.emplace_back(SparseLayer{static_cast<int>(i)});
    switch (kernel->kind) {
#define SLUICE_SPARSE_ENGINE(op, name) \
  case KernelKind::op:                 \
    op##_layer(engine, sparse);        \
    break;
#include "device/contract/kernel_list.inc"
      default:
        break;
    }
    if (sparse.fixed_vectors) continue;
    const int source = network_.layers[i].inputs[0], threshold = layer_thresholds.activation;
    auto map = std::find_if(maps_.begin(), maps_.end(), [&](const CountedMap& other) {
      return other.source == source && other.threshold == threshold;
    });
    if (map == maps_.end()) map = maps_.insert(maps_.end(), CountedMap{source, threshold, {}});
    map->readers.push_back(layers_.size() - 1);
  }
}

template <typename Fn>
void CounterModel::for_each_counting(const Evaluator::MapInPlace& map, Fn fn) const {
  static thread_local std::vector<std::uint64_t> memory;
  for (const CountedMap& counted : maps_) {
    if (counted.source != map.layer()) continue;
    const LiveBits input = map.live_bits(counted.threshold, memory);
    for (const std::size_t reader : counted.readers) fn(reader, input);
  }
}

void CounterModel::count_layer(const SparseLayer& sparse, const LiveBits& input, LayerCounters& counters,
                               std::vector<std::uint16_t>* live) {
  counters.layer = sparse.index;
  if (sparse.codes)
    sparse.codes->count(input, counters, live);
  else
    sparse.pairs->count(input, counters, live);
}

std::vector<LayerCounters> CounterModel::begin_counting() const {
  std::vector<LayerCounters> all(layers_.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].fixed_vectors) all[i] = layers_[i].fixed_vectors->counters;
  }
  return all;
}

void CounterModel::count(const Evaluator::MapInPlace& map, std::vector<LayerCounters>& counters) const {
  for_each_counting(
      map, [&](std::size_t i, const LiveBits& input) { count_layer(layers_[i], input, counters[i], nullptr); });
}

std::vector<LayerCounters> CounterModel::count(const Evaluator& evaluator, const PictureMaps& maps) const {
  std::vector<LayerCounters> all = begin_counting();
  for (int layer = kNetworkInput; layer < std::ssize(network_.layers); ++layer)
    count(evaluator.map_in_place(maps, layer), all);
  return all;
}

std::vector<LayerVectors> CounterModel::work(const Evaluator& evaluator, const PictureMaps& maps) const {
  std::vector<LayerVectors> all(layers_.size());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].fixed_vectors) all[i] = *layers_[i].fixed_vectors;
  }
  for (int layer = kNetworkInput; layer < std::ssize(network_.layers); ++layer) {
    for_each_counting(evaluator.map_in_place(maps, layer), [&](std::size_t i, const LiveBits& input) {
      all[i].pixels = network_.layers[std::size_t(layers_[i].index)].output.pixels();
      all[i].code_cycles = layers_[i].code_cycles;
      count_layer(layers_[i], input, all[i].counters, &all[i].live);
    });
  }
  return all;
}

}  // namespace sluice
