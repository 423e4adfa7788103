// SPDX-License-Identifier: Apache-2.0
// See kernel_memory.hpp.
#include "runtime/bundle/kernels/kernel_memory.hpp"

#include "device/contract/numbers.h"

namespace sluice {
namespace {

bool has_curve(const Kernel& kernel) { return kernel.numbers.at(Number::curve) != CURVE_NONE; }

}  // namespace

int beat_products(const Netlist& netlist, const Kernel& kernel) {
  return netlist.streams[std::size_t(kernel.inputs[0])].lanes * netlist.streams[std::size_t(kernel.outputs[0])].lanes;
}

std::int64_t scanned_codes(const Netlist& netlist, const Kernel& kernel) {
  return std::int64_t{kernel.numbers.at(Number::steps)} * netlist.streams[std::size_t(kernel.inputs[0])].lanes;
}

std::int64_t bytes_with_curve(const Kernel& kernel) {
  constexpr std::int64_t kLineBytes = 4;
  return REGISTER_BYTES + (has_curve(kernel) ? CURVE_SETTINGS_BYTES + kLineBytes * SLUICE_CURVE_SEGMENTS : 0);
}

std::int64_t curve_memory_bytes(const Netlist&, const Kernel& kernel) { return bytes_with_curve(kernel); }

std::int64_t filter_bytes(const Netlist& netlist, const Kernel& kernel) {
  if (sends_sums(kernel)) return 0;
  constexpr std::int64_t kWordBytes = 4;
  const std::int64_t lanes = netlist.streams[std::size_t(kernel.outputs[0])].lanes;
  return (has_curve(kernel) ? 3 : 2) * kWordBytes * kernel.numbers.at(Number::filter_groups) * lanes;
}

std::int64_t engine_bytes(const Netlist& netlist, const Kernel& kernel, std::int64_t rows, std::int64_t row_codes,
                          std::int64_t extra_bytes, int threshold_rows) {
  const std::int64_t row_bytes = (row_codes * (kernel.numbers.at(Number::weight_bits) / 8) + 3) / 4 * 4;
  const std::int64_t at_bias = bytes_with_curve(kernel) + threshold_rows * TABLE_ROW_BYTES;
  const std::int64_t at_weights = MEMORY_ALIGNED(at_bias + filter_bytes(netlist, kernel));
  return at_weights + rows * (row_bytes + extra_bytes);
}

}  // namespace sluice
