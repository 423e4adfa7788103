// SPDX-License-Identifier: Apache-2.0
// The record of requantise.cl: codes of the sums that an engine and its copies send.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/copies_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

// Sums of its layer's engine, or of its copies, come in, codes of the layer's map leave.
Status check(const KernelFit& fit) {
  const Kernel& engine = fit.writer();
  const Layer& layer = fit.layer();
  if (engine.layer != fit.kernel().layer || !sends_sums(engine)) {
    return user_error("kernel {}: {} stands in front, not an engine of its layer that sends sums", fit.kernel().name,
                      engine.name);
  }
  SLUICE_CHECK(check_copies_taken(fit, fit.in().lanes, kSumBits));
  SLUICE_CHECK(fit.carries_map(fit.out(), layer.output, layer.output_bits));
  SLUICE_CHECK(fit.equal("lanes left over between " + fit.in().name + " and " + fit.out().name,
                         fit.in().lanes % fit.out().lanes, 0));
  SLUICE_CHECK(fit.numbers(requantisation_numbers(layer)));
  return fit.number(Number::filter_groups, layer.output.channels / fit.out().lanes);
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  return bytes_with_curve(kernel) + filter_bytes(netlist, kernel);
}

}  // namespace

const KernelRecord& requantise_record() {
  static const KernelRecord record{
      .inputs = kAsCopies,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::copies, Number::pixels, Number::filter_groups, Number::sum_bits,
                                     Number::curve, Number::shift, Number::code_low, Number::code_high},
      .role = Role::reassembles,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = append_requantisers,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
