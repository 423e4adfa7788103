// SPDX-License-Identifier: Apache-2.0
// Comparisons with the shapes of a network (see kernel_fit.hpp).
#include "runtime/bundle/kernel_fit.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {

Status KernelFit::equal(const std::string& what, std::int64_t found, std::int64_t needed) const {
  if (found == needed) return ok();
  return user_error("kernel {}: {} is {}, the network needs {}", kernel_.name, what, found, needed);
}

Status KernelFit::numbers(const std::map<Number, int>& needed) const {
  for (const auto& [name, value] : needed) SLUICE_CHECK(number(name, value));
  return ok();
}

Status KernelFit::carries(const Stream& stream, std::int64_t codes, int bits) const {
  SLUICE_CHECK(equal("bits of " + stream.name, stream.element_bits, bits));
  return equal(fmt::format("beats of {} lanes on {}", stream.lanes, stream.name), stream.beats * stream.lanes, codes);
}

Status KernelFit::carries_map(const Stream& stream, const MapShape& map, int bits) const {
  SLUICE_CHECK(equal("channels left over on " + stream.name, map.channels % stream.lanes, 0));
  return carries(stream, map.size(), bits);
}

int KernelFit::arriving_bits(std::size_t port) const {
  const int source = producer(port);
  if (source == kNobody) return 0;
  return source < 0 ? network_.input_bits : network_.layers[std::size_t(source)].output_bits;
}

int KernelFit::producer(std::size_t port) const {
  const Kernel* from = &writer(port);
  while (from->kind == KernelKind::fork || kernel_record(from->kind).role.get() == Role::carries) {
    if (from->kind != KernelKind::fork && from->layer != kernel_.layer) return kNobody;
    from = &index_.writing(from->inputs[0]);
  }
  return from->layer;
}

Status KernelFit::check_weight_bits() const {
  const int bits = value(Number::weight_bits);
  const int limit = bits == 8 ? 127 : 32767;
  const auto& weights = layer().weights;
  const bool fits = std::all_of(weights.begin(), weights.end(), [&](int w) { return -limit <= w && w <= limit; });
  if ((bits == 8 || bits == 16) && fits) return ok();
  return user_error("kernel {}: WEIGHT_BITS {} is not 8 or 16, or too few for the layer's weights", kernel_.name, bits);
}

}  // namespace sluice
