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

Result<LayerCycles> LayerCycles::make(const Design& design) {
  const auto netlist = std::make_shared<const Netlist>(design.netlist);
  LayerCycles all(netlist, Scheduler(*netlist));
  const NetlistIndex index(*netlist);
  std::vector<LayerVectors> zeros;
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    const Kernel* engine = index.sparse_engine(static_cast<int>(i));
    zeros.push_back(engine ? zero_work(design, *engine) : LayerVectors{.counters = {static_cast<int>(i), 0, 0, 0, 0}});
    all.layers_.push_back(
        {.copies = index.copies(static_cast<int>(i)), .filters = design.network.layers[i].output.channels});
  }
  const ImagePrograms programs = all.scheduler_.programs(zeros);
  for (std::size_t k = 0; k < programs.size(); ++k) {
    const Kernel& kernel = netlist->kernels[k];
    const auto cycles = static_cast<double>(busy_cycles(*programs[k]));
    if (kernel.layer < 0 || index.engine(kernel.layer) == nullptr) all.floor_ = std::max(all.floor_, cycles);
    if (kernel.layer < 0) continue;
    OfLayer& kernel_layer = all.layers_[std::size_t(kernel.layer)];
    kernel_layer.fixed = std::max(kernel_layer.fixed, cycles);
    if (!all.scheduler_.is_by_picture(k)) continue;
    if (kernel.kind == KernelKind::tile || kernel.kind == KernelKind::conv_weight_sparse) {
      kernel_layer.periodic.push_back(k);
      continue;
    }
    for (const int e : index.kernels(kernel.layer)) {
      const Kernel& engine = netlist->kernels[std::size_t(e)];
      if (!is_sparse(engine.kind) || index.share(engine).copy != index.share(kernel).copy) continue;
      const auto counted = static_cast<double>(busy_cycles(*programs[std::size_t(e)]) - kHeader);
      kernel_layer.beside_counter = std::max(kernel_layer.beside_counter, cycles - counted);
    }
  }
  return all;
}

double LayerCycles::of(const LayerCounters& counters) const {
  const OfLayer& layer = layers_.at(std::size_t(counters.layer));
  if (layer.periodic.empty())
    return std::max(layer.fixed, layer.beside_counter + static_cast<double>(counters.busy_cycles) / layer.copies);
  if (counters.vectors == 0) return layer.fixed;
  // vectors = filters * tiles, busy_cycles = cycles of a tile * tiles
  const LayerVectors work =
      periods_of(counters.layer, std::int64_t{counters.busy_cycles} * layer.filters / counters.vectors);
  double cycles = layer.fixed;
  for (const std::size_t k : layer.periodic)
    cycles = std::max(cycles, static_cast<double>(busy_cycles(*scheduler_.program(k, work))));
  return cycles;
}

std::vector<double> LayerCycles::of_image(const std::vector<LayerCounters>& counters) const {
  std::vector<double> cycles;
  for (const OfLayer& layer : layers_) cycles.push_back(layer.fixed);
  for (const LayerCounters& c : counters) cycles.at(std::size_t(c.layer)) = of(c);
  return cycles;
}

double LayerCycles::slowest(const std::vector<LayerCounters>& counters) const {
  const std::vector<double> cycles = of_image(counters);
  return std::max(floor_, *std::max_element(cycles.begin(), cycles.end()));
}

}  // namespace sluice::simulate
