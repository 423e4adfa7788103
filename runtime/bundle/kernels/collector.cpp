// SPDX-License-Identifier: Apache-2.0
// The record of collector.cl: counter records to the host.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  for (std::size_t port = 0; port < fit.kernel().inputs.size(); ++port) {
    const Kernel& writer = fit.writer(port);
    if (!is_sparse(writer.kind) || writer.outputs[1] != fit.kernel().inputs[port]) {
      return user_error("kernel {}: {} carries no records", fit.kernel().name, fit.in(port).name);
    }
  }
  return ok();
}

}  // namespace

const KernelRecord& collector_record() {
  static const KernelRecord record{
      .inputs = kAnyPorts,
      .outputs = 0,
      .numbers = std::vector<Number>{},
      .role = Role::end,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
