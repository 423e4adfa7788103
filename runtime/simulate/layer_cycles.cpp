// SPDX-License-Identifier: Apache-2.0
// Programs of a picture of zeros, and what the counters add (see layer_cycles.hpp).
#include "runtime/simulate/layer_cycles.hpp"

#include <algorithm>
#include <limits>

#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/kernel_cycles.hpp"

namespace sluice::simulate {
namespace {

constexpr std::int64_t kHeader = 1;  // the iteration of an engine that it does not count

// The filter groups of a weight-sparse engine that take so many cycles together.
LayerVectors periods_of(int layer, std::int64_t cycles) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
  LayerVectors work{.counters = {layer, 0, 0, 0, 0}};
  for (; cycles > 0; cycles -= kMost) work.live.push_back(static_cast<std::uint16_t>(std::min(cycles, kMost)));
  return work;
}

}  // namespace

LayerCycles::LayerCycles(const Design& design)
    : netlist_(std::make_shared<const Netlist>(design.netlist)), scheduler_(*netlist_) {
  const NetlistIndex index(*netlist_);
  std::vector<LayerVectors> zeros;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Kernel* engine = index.sparse_engine(static_cast<int>(i));
    zeros.push_back(engine ? zero_work(design, *engine) : LayerVectors{.counters = {static_cast<int>(i), 0, 0, 0, 0}});
    layers_.push_back(
        {.copies = index.copies(static_cast<int>(i)), .filters = design.network.layers[i].output.channels});
  }
  const ImagePrograms programs = scheduler_.programs(zeros);
  for (std::size_t k = 0; k < programs.size(); ++k) {
    const Kernel& kernel = netlist_->kernels[k];
    const auto cycles = static_cast<double>(busy_cycles(*programs[k]));
    if (kernel.layer < 0 || index.engine(kernel.layer) == nullptr) floor_ = std::max(floor_, cycles);
    if (kernel.layer < 0) continue;
    LayerParts& kernel_layer = layers_[std::size_t(kernel.layer)];
    kernel_layer.fixed = std::max(kernel_layer.fixed, cycles);
    if (!scheduler_.is_by_picture(k)) continue;
    if (kernel.kind == KernelKind::tile || kernel.kind == KernelKind::conv_weight_sparse) {
      kernel_layer.periodic.push_back(k);
      continue;
    }
    for (const int e : index.kernels(kernel.layer)) {
      const Kernel& engine = netlist_->kernels[std::size_t(e)];
      if (!is_sparse(engine.kind) || index.share(engine).copy != index.share(kernel).copy) continue;
      const auto counted = static_cast<double>(busy_cycles(*programs[std::size_t(e)]) - kHeader);
      kernel_layer.beside_counter = std::max(kernel_layer.beside_counter, cycles - counted);
    }
  }
}

double LayerCycles::layer(const LayerCounters& counters) const {
  const LayerParts& parts = layers_.at(std::size_t(counters.layer));
  if (parts.periodic.empty())
    return std::max(parts.fixed, parts.beside_counter + static_cast<double>(counters.busy_cycles) / parts.copies);
  if (counters.vectors == 0) return parts.fixed;
  // vectors = filters * tiles, busy_cycles = cycles of a tile * tiles
  const LayerVectors work =
      periods_of(counters.layer, std::int64_t{counters.busy_cycles} * parts.filters / counters.vectors);
  double cycles = parts.fixed;
  for (const std::size_t k : parts.periodic)
    cycles = std::max(cycles, static_cast<double>(busy_cycles(*scheduler_.program(k, work))));
  return cycles;
}

std::vector<double> LayerCycles::layers(const std::vector<LayerCounters>& counters) const {
  std::vector<double> cycles;
  for (const LayerParts& parts : layers_) cycles.push_back(parts.fixed);
  for (const LayerCounters& c : counters) cycles.at(std::size_t(c.layer)) = layer(c);
  return cycles;
}

double LayerCycles::slowest(const std::vector<LayerCounters>& counters) const {
  const std::vector<double> cycles = layers(counters);
  return std::max(floor_, *std::max_element(cycles.begin(), cycles.end()));
}

}  // namespace sluice::simulate
