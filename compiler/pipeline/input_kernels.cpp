// SPDX-License-Identifier: Apache-2.0
// Width and window kernels with their numbers (see input_kernels.hpp).
#include "compiler/pipeline/input_kernels.hpp"

#include <numeric>

#include <fmt/format.h>

#include "runtime/bundle/kernels/line_buffer_fit.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

int add_width_kernel(NetlistDraft& draft, const std::string& name, int index, int in, int lanes) {
  const Stream input = draft.stream(in);
  Kernel kernel{name, KernelKind::width, 0, index, {in}, {}, {}};
  kernel.outputs = {draft.add_stream(kernel.name, input.element_bits, lanes, input.beats * input.lanes / lanes)};
  draft.netlist.kernels.push_back(kernel);
  return kernel.outputs[0];
}

}  // namespace

int add_width(NetlistDraft& draft, int index, int operand, int in, int lanes) {
  const Stream input = draft.stream(in);
  if (lanes == 0 || input.lanes == lanes || input.lanes > draft.layer(index).operand(std::size_t(operand)).channels)
    return in;
  const bool is_direct = input.lanes % lanes == 0 || lanes % input.lanes == 0;
  const int common = std::lcm(input.lanes, lanes);
  const int over = common <= kMostLanes ? common : std::gcd(input.lanes, lanes);
  const std::string name = fmt::format("{}_width_{}", draft.layer(index).name, operand);
  return add_width_kernel(
      draft, name, index,
      is_direct ? in : add_width_kernel(draft, fmt::format("{}_over_{}", name, over), index, in, over), lanes);
}

std::vector<int> add_window(NetlistDraft& draft, int index, KernelKind kind, int in, int out_lanes, int replay) {
  const Layer& layer = draft.layer(index);
  const Window& w = layer.window;
  const Stream input = draft.stream(in);
  const int lanes = draft.lanes_of(in, index), pixels = input.lanes / lanes;
  const int copies = draft.copies(index);
  if (w == Window{} && replay == 1 && kind == KernelKind::window && pixels == 1 && copies == 1) return {in};
  Kernel kernel{layer.name + "_" + op_of(kind), kind, 0, index, {in}, {}, {}};
  const auto numbers = line_buffer_numbers(layer);
  kernel.numbers = {numbers.begin(), numbers.end()};
  kernel.numbers[Number::pad_code] = padding_code(layer.kind, input.element_bits);
  kernel.numbers[Number::replay] = replay;
  kernel.numbers[Number::copies] = copies;
  kernel.numbers[Number::copy_first] = kernel.numbers[Number::copy_kernels] = 0;  // of several: once they are there
  if (kind == KernelKind::window) {
    const int taps = out_lanes / lanes;
    kernel.numbers[Number::taps_w] = taps == 1 ? 1 : w.kernel_w;
    kernel.numbers[Number::taps_h] = taps == w.taps() ? w.kernel_h : 1;
    kernel.numbers[Number::in_pixels] = pixels;
  }
  const std::int64_t pixel_beats = replay * w.taps() * layer.input.channels / out_lanes;
  for (int copy = 0; copy < copies; ++copy) {
    const std::string name = copies == 1 ? kernel.name : fmt::format("{}_{}", kernel.name, copy);
    kernel.outputs.push_back(draft.add_stream(name, input.element_bits, out_lanes,
                                              Share{copy, copies}.of(layer.output.pixels()) * pixel_beats));
  }
  draft.netlist.kernels.push_back(kernel);
  return kernel.outputs;
}

}  // namespace sluice
