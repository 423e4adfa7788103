// SPDX-License-Identifier: Apache-2.0
// One engine, copies of it, requantisers after them (see engine_kernels.hpp).
#include "compiler/pipeline/engine_kernels.hpp"

#include <fmt/format.h>

#include "compiler/pipeline/engine_inputs.hpp"
#include "runtime/bundle/netlist_index.hpp"

namespace sluice {
namespace {

// Channels in a beat that arrives: all its codes, but for windows of several taps.
int lanes_of_input(const NetlistDraft& draft, const Kernel& kernel) {
  const int lanes = draft.stream(kernel.inputs[0]).lanes;
  return kernel.kind == KernelKind::depthwise_dense
             ? lanes / NetlistIndex(draft.netlist).window_beat(kernel.inputs[0]).taps()
             : lanes;
}

// The kernel itself, computing `pixels` of the layer's pixels, and before it the kernels that are its own. Returns its
// output.
int add_one(NetlistDraft& draft, Kernel kernel, std::int64_t pixels) {
  const Layer& layer = draft.layer(kernel.layer);
  const int lanes = draft.out_lanes(kernel.layer, lanes_of_input(draft, kernel));
  add_copy_input(draft, kernel, pixels);
  if (is_sparse(kernel.kind)) kernel.numbers[Number::pixels] = static_cast<int>(pixels);
  const int out = draft.add_stream(kernel.name, sends_sums(kernel) ? kSumBits : layer.output_bits, lanes,
                                   pixels * (layer.output.channels / lanes));
  kernel.outputs = {out};
  if (is_sparse(kernel.kind)) kernel.outputs.push_back(draft.add_stream(kernel.name + "_record", 32, 4, 1));
  draft.netlist.kernels.push_back(kernel);
  return out;
}

// E copies of an engine, each with the pixels e, e + E, e + 2 E ...; returns their outputs. The line buffer that feeds
// them was added last.
std::vector<int> add_copies(NetlistDraft& draft, const Kernel& engine) {
  const std::int64_t pixels = draft.layer(engine.layer).output.pixels();
  const auto copies = static_cast<int>(engine.inputs.size());
  const std::size_t first_kernel = draft.netlist.kernels.size();
  std::vector<int> outputs;
  for (int copy = 0; copy < copies; ++copy) {
    Kernel kernel = engine;
    if (copies > 1) kernel.name += fmt::format("_{}", copy);
    kernel.inputs = {engine.inputs[std::size_t(copy)]};
    outputs.push_back(add_one(draft, kernel, Share{copy, copies}.of(pixels)));
  }
  if (copies > 1) {
    draft.netlist.kernels[first_kernel - 1].numbers[Number::copy_kernels] =
        static_cast<int>(draft.netlist.kernels.size() - first_kernel) / copies;
  }
  return outputs;
}

// Puts the codes of several copies in order.
int add_gather(NetlistDraft& draft, int index, const std::vector<int>& codes) {
  const Layer& layer = draft.layer(index);
  const Stream one = draft.stream(codes[0]);
  Kernel gather{layer.name + "_gather", KernelKind::gather, 0, index, codes, {}, {}};
  gather.numbers = {{Number::copies, static_cast<int>(codes.size())},
                    {Number::pixels, static_cast<int>(layer.output.pixels())},
                    {Number::channel_groups, layer.output.channels / one.lanes}};
  gather.outputs = {draft.add_map_stream(gather.name, one.element_bits, layer.output, one.lanes)};
  draft.netlist.kernels.push_back(gather);
  return gather.outputs[0];
}

// L requantisers for the sums of all copies.
int add_requantise(NetlistDraft& draft, int index, const std::vector<int>& sums) {
  const Layer& layer = draft.layer(index);
  const int lanes = draft.config(index).lanes;
  Kernel kernel{layer.name + "_requantise", KernelKind::requantise, 0, index, sums, {}, {}};
  kernel.numbers = requantisation_numbers(layer);
  kernel.numbers[Number::copies] = static_cast<int>(sums.size());
  kernel.numbers[Number::pixels] = static_cast<int>(layer.output.pixels());
  kernel.numbers[Number::filter_groups] = layer.output.channels / lanes;
  kernel.outputs = {draft.add_map_stream(kernel.name, layer.output_bits, layer.output, lanes)};
  draft.netlist.kernels.push_back(kernel);
  return kernel.outputs[0];
}

}  // namespace

int add_engine(NetlistDraft& draft, const Kernel& engine) {
  const Layer& layer = draft.layer(engine.layer);
  const LayerConfig& config = draft.config(engine.layer);
  Kernel kernel = engine;
  const bool is_shared = layer.kind == LayerKind::conv && config.lanes < config.filters;
  if (layer.kind == LayerKind::conv) kernel.numbers[Number::sends_sums] = is_shared;
  kernel.numbers.merge(is_shared ? sums_numbers(layer) : requantisation_numbers(layer));
  const bool is_weighted = layer.kind == LayerKind::conv || layer.kind == LayerKind::depthwise;
  if (!is_weighted) return add_one(draft, kernel, layer.output.pixels());
  const std::vector<int> outputs = add_copies(draft, kernel);
  if (is_shared) return add_requantise(draft, engine.layer, outputs);
  return outputs.size() == 1 ? outputs[0] : add_gather(draft, engine.layer, outputs);
}

}  // namespace sluice
