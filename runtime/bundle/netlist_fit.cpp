// SPDX-License-Identifier: Apache-2.0
// Every kernel against its layer (kernels/<op>.cpp, layers/<op>.cpp), and every layer against the pixels that its
// kernels compute.
#include "runtime/bundle/netlist_fit.hpp"

#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

// The numbers that follow from the layer's shape.
Status check_numbers(const KernelFit& fit) {
  const auto numbers = layer_record(fit.layer().kind).kernel_numbers.get();
  if (numbers == nullptr) return ok();
  std::size_t on_a = 0;
  if (fit.kernel().numbers.count(Number::is_swapped) != 0) on_a = SLUICE_TRY(operand_on_a(fit));
  return fit.numbers(numbers(fit.layer(), fit.out().lanes, static_cast<int>(on_a)));
}

// What all kernels that compute a layer have in common.
Status check_computed(const KernelFit& fit, LayerKind computes) {
  const Layer& layer = fit.layer();
  const Kernel& k = fit.kernel();
  if (computes != layer.kind) {
    return user_error("kernel {}: {} cannot compute layer {}, a {}", k.name, op_of(k.kind), layer.name,
                      to_text(layer.kind));
  }
  const int bits = sends_sums(k) ? kSumBits : layer.output_bits;
  SLUICE_CHECK(fit.equal("channels left over on " + fit.out().name, layer.output.channels % fit.out().lanes, 0));
  SLUICE_CHECK(fit.carries(fit.out(), fit.own_pixels() * layer.output.channels, bits));
  SLUICE_CHECK(fit.numbers(sends_sums(k) ? sums_numbers(layer) : requantisation_numbers(layer)));
  SLUICE_CHECK(check_numbers(fit));
  if (k.inputs.size() == 2) return ok();  // the kernel's own check knows which operand comes where
  return fit.equal("the layer that arrives", fit.producer(0), layer.inputs[0]);
}

Status check_one(const KernelFit& fit) {
  const Kernel& k = fit.kernel();
  const KernelRecord& record = kernel_record(k.kind);
  if (k.layer < 0 && record.role.get() != Role::end) {
    return user_error("kernel {}: {} belongs to a layer, none is given", k.name, op_of(k.kind));
  }
  if (k.layer >= 0 && record.role.get() == Role::end) {
    return user_error("kernel {}: {} belongs to no layer, {} is given", k.name, op_of(k.kind), fit.layer().name);
  }
  if (record.computes.get()) SLUICE_CHECK(check_computed(fit, *record.computes.get()));
  return record.check.get()(fit);
}

}  // namespace

Status check_fit(const IntegerNetwork& network, const Netlist& netlist) {
  std::vector<std::int64_t> computed(network.layers.size(), 0);
  const NetlistIndex index(netlist);
  for (const Kernel& kernel : netlist.kernels) {
    const KernelFit fit(network, index, kernel);
    SLUICE_CHECK(check_one(fit));
    if (kernel_record(kernel.kind).computes.get()) computed[std::size_t(kernel.layer)] += fit.own_pixels();
  }
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const std::int64_t pixels = layer.output.pixels();
    if (computed[i] != pixels)
      return user_error("netlist: layer {} has {} pixels, its kernels compute {}", layer.name, pixels, computed[i]);
  }
  return ok();
}

}  // namespace sluice
