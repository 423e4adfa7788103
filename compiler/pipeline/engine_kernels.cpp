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

// E copies of an engine between deal and gather, each with the pixels e, e + E, e + 2 E ...
int add_copies(NetlistDraft& draft, const Kernel& engine, int copies) {
  const int index = engine.layer;
  const Layer& layer = draft.layer(index);
  const Stream in = draft.stream(engine.inputs[0]);
  const std::int64_t pixels = layer.output.pixels(), beats_per_pixel = in.beats / pixels;
  Kernel deal{layer.name + "_deal",
              KernelKind::deal,
              0,
              index,
              engine.inputs,
              {},
              {{Number::copies, copies}, {Number::steps, static_cast<int>(beats_per_pixel)}}};
  const auto pixels_of_copy = [&](int copy) { return Share{copy, copies}.of(pixels); };
  for (int copy = 0; copy < copies; ++copy) {
    deal.outputs.push_back(draft.add_stream(fmt::format("{}_{}", deal.name, copy), in.element_bits, in.lanes,
                                            pixels_of_copy(copy) * beats_per_pixel));
  }
  draft.netlist.kernels.push_back(deal);
  const std::size_t first_kernel = draft.netlist.kernels.size();
  Kernel gather{layer.name + "_gather",
                KernelKind::gather,
                0,
                index,
                {},
                {},
                {{Number::copies, copies}, {Number::pixels, static_cast<int>(pixels)}}};
  for (int copy = 0; copy < copies; ++copy) {
    Kernel kernel = engine;
    kernel.name += fmt::format("_{}", copy);
    kernel.inputs = {deal.outputs[std::size_t(copy)]};
    gather.inputs.push_back(add_one(draft, kernel, pixels_of_copy(copy)));
  }
  draft.netlist.kernels[first_kernel - 1].numbers[Number::copy_kernels] =
      static_cast<int>(draft.netlist.kernels.size() - first_kernel) / copies;
  const Stream one = draft.stream(gather.inputs[0]);
  gather.numbers[Number::channel_groups] = layer.output.channels / one.lanes;
  gather.outputs = {draft.add_map_stream(gather.name, one.element_bits, layer.output, one.lanes)};
  draft.netlist.kernels.push_back(gather);
  return gather.outputs[0];
}

// L requantisers for the sums of all copies.
int add_requantise(NetlistDraft& draft, int index, int sums) {
  const Layer& layer = draft.layer(index);
  const int lanes = draft.config(index).lanes;
  Kernel kernel{layer.name + "_requantise", KernelKind::requantise, 0, index, {sums}, {}, {}};
  kernel.numbers = requantisation_numbers(layer);
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
  const int copies = draft.copies(engine.layer);
  const int out = copies == 1 ? add_one(draft, kernel, layer.output.pixels()) : add_copies(draft, kernel, copies);
  return is_shared ? add_requantise(draft, engine.layer, out) : out;
}

}  // namespace sluice
