// SPDX-License-Identifier: Apache-2.0
// The record of taps.cl: the line buffer that sends the taps of one channel.
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_line_buffer_shape(fit));
  SLUICE_CHECK(fit.carries_map(fit.in(), fit.layer().input, fit.arriving_bits()));
  SLUICE_CHECK(fit.equal("lanes of " + fit.out().name, fit.out().lanes, fit.taps()));
  return check_line_buffer_output(fit);
}

}  // namespace

const KernelRecord& taps_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = kAsCopies,
      .numbers = std::vector<Number>{Number::height, Number::width, Number::channels, Number::out_height,
                                     Number::out_width, Number::kernel_h, Number::kernel_w, Number::stride_h,
                                     Number::stride_w, Number::pad_top, Number::pad_left, Number::pad_code,
                                     Number::replay, Number::copies, Number::copy_first, Number::copy_kernels},
      .role = Role::carries,
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
