// SPDX-License-Identifier: Apache-2.0
// The smallest network that has these layers; its weights are no part of the program.
#include "compiler/vendor/smoke_program.hpp"

#include <algorithm>

#include "runtime/program/opencl_writer.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "device/device_files.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::vendor {
namespace {

constexpr MapShape kPicture{8, 8, 4};
constexpr int kChannels = 8, kClasses = 4;

Layer convolution(const char* name, int source, const MapShape& input, const MapShape& output, const Window& window) {
  Layer l;
  l.name = name;
  l.origin = "smoke";
  l.inputs = {source};
  l.input = input;
  l.output = output;
  l.window = window;
  l.weights.assign(std::size_t(window.taps()) * std::size_t(input.channels * output.channels), 1);
  l.bias.assign(std::size_t(output.channels), 0);
  l.multiplier.assign(std::size_t(output.channels), 1);
  l.shift = 16;
  l.sum_bits = 20;
  l.clamp_low = -127;
  l.clamp_high = 127;
  return l;
}

}  // namespace

Result<SmokeProgram> smoke_program(const BuildTarget& target) {
  SmokeProgram smoke;
  IntegerNetwork& network = smoke.design.network;
  network.name = "smoke";
  network.input = kPicture;
  network.preprocess.mean.assign(std::size_t(kPicture.channels), 0);
  network.preprocess.deviation.assign(std::size_t(kPicture.channels), 1);
  const MapShape map{kPicture.height, kPicture.width, kChannels}, scores{1, 1, kClasses};
  network.layers = {convolution("l00_conv", kNetworkInput, kPicture, map, {3, 3, 1, 1, 1, 1, 1, 1}),
                    convolution("l01_conv", 0, map, map, {1, 1, 1, 1, 0, 0, 0, 0}),
                    convolution("l02_classes", 1, map, scores, {8, 8, 1, 1, 0, 0, 0, 0})};
  network.layers.back().output_bits = 16;
  network.layers.back().clamp_low = -32767;
  network.layers.back().clamp_high = 32767;
  SLUICE_CHECK(own_work(network.validate(), "the smoke network"));
  LayerConfigs configs(network.layers.size(), {KernelKind::conv_dense});
  const auto& engines = convolution_engines();
  configs[0] = {*std::find_if(engines.begin(), engines.end(), is_sparse)};
  smoke.design.netlist = SLUICE_TRY(build_netlist(network, configs));
  write_opencl(smoke.design, device_files(), smoke.files);
  smoke.files["build_fpga.conf"] = SLUICE_TRY(build_conf(target));
  return smoke;
}

}  // namespace sluice::vendor
