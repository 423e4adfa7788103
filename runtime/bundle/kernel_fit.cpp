// SPDX-License-Identifier: Apache-2.0
// Comparisons with the shapes of a network (see kernel_fit.hpp).
#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {
namespace {

bool passes_maps_on(const Kernel& kernel) {
  return kernel.op == "fork" || kernel.op == "window" || kernel.op == "taps" || kernel.op == "compactor" || kernel.op == "tile" ||
         kernel.op == "width" || kernel.op == "deal" || kernel.op == "replay";
}

}  // namespace

Status KernelFit::equal(const std::string& what, std::int64_t found, std::int64_t needed) const {
  if (found == needed) return ok();
  return user_error("kernel {}: {} is {}, the network needs {}", kernel_.name, what, found, needed);
}

Status KernelFit::carries(const Stream& stream, std::int64_t codes, int bits) const {
  SLUICE_CHECK(equal("bits of " + stream.name, stream.element_bits, bits));
  return equal(fmt::format("beats of {} lanes on {}", stream.lanes, stream.name), stream.beats * stream.lanes, codes);
}

Status KernelFit::carries_map(const Stream& stream, const MapShape& map, int bits) const {
  SLUICE_CHECK(equal("channels left over on " + stream.name, map.channels % stream.lanes, 0));
  return carries(stream, map.size(), bits);
}

int KernelFit::bits_of(int source) const {
  if (source == kNobody) return 0;
  return source < 0 ? network_.input_bits : network_.layers[source].output_bits;
}

int KernelFit::producer(std::size_t port) const {
  const Kernel* writer = &netlist_.kernels[netlist_.writer(kernel_.inputs[port])];
  while (passes_maps_on(*writer)) {
    if (writer->op != "fork" && writer->layer != kernel_.layer) return kNobody;
    writer = &netlist_.kernels[netlist_.writer(writer->inputs[0])];
  }
  return writer->layer;
}

Status KernelFit::check_weight_bits(const Layer& layer) const {
  const int bits = kernel_.numbers.at("WEIGHT_BITS");
  const int limit = bits == 8 ? 127 : 32767;
  const bool fits = std::all_of(layer.weights.begin(), layer.weights.end(), [&](int w) { return -limit <= w && w <= limit; });
  if ((bits == 8 || bits == 16) && fits) return ok();
  return user_error("kernel {}: WEIGHT_BITS {} is not 8 or 16, or too few for the layer's weights", kernel_.name, bits);
}

}  // namespace sluice
