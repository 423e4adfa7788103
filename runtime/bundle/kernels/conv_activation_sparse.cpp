// SPDX-License-Identifier: Apache-2.0
// The record of conv_activation_sparse.cl: multiplies the non-zero codes of a window.
#include "runtime/bundle/kernels/convolution_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_convolution(fit, fit.window_codes()));
  return check_scanned_windows(fit, 1);
}

int products(const Netlist& netlist, const Kernel& kernel) {
  return netlist.streams[std::size_t(kernel.outputs[0])].lanes;
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t rows = kernel.numbers.at(Number::filter_groups) * scanned_codes(netlist, kernel);
  return engine_bytes(netlist, kernel, rows, products(netlist, kernel), 0, 1);
}

// A code enters at a time, so a row holds the weights of one place.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  tables.push_back(window_weights(source, 1));
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.activation_thresholds()});
  append_requantisers(source, tables);
}

}  // namespace

const KernelRecord& conv_activation_sparse_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 2,
      .numbers = std::vector<Number>{Number::steps, Number::filter_groups, Number::pixels, Number::weight_bits,
                                     Number::sum_bits, Number::curve, Number::shift, Number::code_low,
                                     Number::code_high, Number::sends_sums},
      .role = Role::computes,
      .computes = LayerKind::conv,
      .obeys = Obeys{.activation = true},
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
