// SPDX-License-Identifier: Apache-2.0
// See netlist_index.hpp.
#include "runtime/bundle/netlist_index.hpp"

#include <algorithm>

namespace sluice {

NetlistIndex::NetlistIndex(const Netlist& netlist)
    : netlist_(&netlist), writers_(netlist.streams.size(), -1), readers_(netlist.streams.size(), -1) {
  for (std::size_t k = 0; k < netlist.kernels.size(); ++k) {
    const Kernel& kernel = netlist.kernels[k];
    const int index = static_cast<int>(k);
    for (const int s : kernel.outputs) writers_[std::size_t(s)] = index;
    for (const int s : kernel.inputs) readers_[std::size_t(s)] = index;
    if (kernel.layer < 0) continue;
    if (std::size_t(kernel.layer) >= kernels_.size()) kernels_.resize(std::size_t(kernel.layer) + 1);
    kernels_[std::size_t(kernel.layer)].push_back(index);
  }
}

const std::vector<int>& NetlistIndex::kernels(int layer) const {
  static const std::vector<int> kNone;
  return layer >= 0 && std::size_t(layer) < kernels_.size() ? kernels_[std::size_t(layer)] : kNone;
}

const Kernel* NetlistIndex::engine(int layer) const {
  for (const int k : kernels(layer)) {
    if (is_engine(netlist_->kernels[std::size_t(k)].kind)) return &netlist_->kernels[std::size_t(k)];
  }
  return nullptr;
}

const Kernel* NetlistIndex::sparse_engine(int layer) const {
  const Kernel* found = engine(layer);
  return found != nullptr && is_sparse(found->kind) ? found : nullptr;
}

int NetlistIndex::copies(int layer) const {
  for (const int k : kernels(layer)) {
    const Kernel& kernel = netlist_->kernels[std::size_t(k)];
    if (kernel.kind == KernelKind::gather || kernel.kind == KernelKind::requantise)
      return static_cast<int>(kernel.inputs.size());
  }
  return 1;
}

std::string NetlistIndex::engine_name(int layer) const {
  const Kernel* found = engine(layer);
  return found == nullptr ? "" : to_text(found->kind);
}

Prefix NetlistIndex::prefix(int layer) const {
  const Kernel* found = engine(layer);
  if (found == nullptr || found->numbers.count(Number::ranks) == 0) return {};
  return {0, found->numbers.at(Number::ranks), stream(found->outputs[0]).lanes};
}

WindowBeat NetlistIndex::window_beat(int index) const {
  const Kernel* from = &writing(index);
  while (from->kind == KernelKind::replay) {
    index = from->inputs[0];
    from = &writing(index);
  }
  if (from->kind != KernelKind::window) return {stream(index).lanes, 1, 1};
  WindowBeat beat{1, from->numbers.at(Number::taps_h), from->numbers.at(Number::taps_w)};
  beat.lanes = stream(from->outputs[0]).lanes / std::max(1, beat.taps());
  return beat;
}

Share NetlistIndex::share(const Kernel& kernel) const {
  if (kernel.inputs.empty()) return {};
  int index = kernel.inputs[0];
  const Kernel* from = &writing(index);
  const auto is_of_a_copy = [&](KernelKind kind) { return kind == KernelKind::tile || kind == KernelKind::replay; };
  while (from->layer == kernel.layer && is_of_a_copy(from->kind)) {
    index = from->inputs[0];
    from = &writing(index);
  }
  const bool is_line_buffer = from->kind == KernelKind::window || from->kind == KernelKind::taps;
  if (from->layer != kernel.layer || !is_line_buffer) return {};
  const auto place = std::find(from->outputs.begin(), from->outputs.end(), index) - from->outputs.begin();
  return {static_cast<int>(place), static_cast<int>(from->outputs.size())};
}

}  // namespace sluice
