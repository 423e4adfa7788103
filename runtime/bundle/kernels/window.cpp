// SPDX-License-Identifier: Apache-2.0
// The record of window.cl: the line buffer that sends windows in beats.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_line_buffer_shape(fit));
  const Layer& layer = fit.layer();
  const int pixels = fit.value(Number::in_pixels), taps_h = fit.value(Number::taps_h),
            taps_w = fit.value(Number::taps_w);
  const Window& w = layer.window;
  const bool is_known =
      (taps_w == 1 || taps_w == w.kernel_w) && (taps_h == 1 || (taps_h == w.kernel_h && taps_w == w.kernel_w));
  if (!is_known) {
    return user_error("kernel {}: {}x{} taps a beat; 1, a kernel row and the whole kernel are possible",
                      fit.kernel().name, taps_h, taps_w);
  }
  SLUICE_CHECK(fit.carries(fit.in(), layer.input.size(), fit.arriving_bits()));
  if (pixels == 1) {
    SLUICE_CHECK(fit.carries_map(fit.in(), layer.input, fit.arriving_bits()));
  } else {
    SLUICE_CHECK(fit.equal("IN_PIXELS", pixels, fit.in().lanes / layer.input.channels));
    SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, std::int64_t{pixels} * layer.input.channels));
    SLUICE_CHECK(fit.equal("pixels left over in a row", layer.input.width % pixels, 0));
  }
  SLUICE_CHECK(fit.equal("lanes of " + fit.out().name, fit.out().lanes,
                         std::int64_t{fit.in().lanes} / pixels * taps_h * taps_w));
  return check_line_buffer_output(fit);
}

}  // namespace

const KernelRecord& window_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = kAsCopies,
      .numbers =
          std::vector<Number>{Number::height, Number::width, Number::channels, Number::out_height, Number::out_width,
                              Number::kernel_h, Number::kernel_w, Number::stride_h, Number::stride_w, Number::pad_top,
                              Number::pad_left, Number::pad_code, Number::replay, Number::taps_h, Number::taps_w,
                              Number::in_pixels, Number::copies, Number::copy_first, Number::copy_kernels},
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
