// SPDX-License-Identifier: Apache-2.0
// See line_buffer_fit.hpp.
#include "runtime/bundle/kernels/line_buffer_fit.hpp"

#include "runtime/bundle/kernels/copies_fit.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {

std::array<std::pair<Number, int>, 11> line_buffer_numbers(const Layer& layer) {
  const Window& w = layer.window;
  return {{{Number::height, layer.input.height},
           {Number::width, layer.input.width},
           {Number::channels, layer.input.channels},
           {Number::out_height, layer.output.height},
           {Number::out_width, layer.output.width},
           {Number::kernel_h, w.kernel_h},
           {Number::kernel_w, w.kernel_w},
           {Number::stride_h, w.stride_h},
           {Number::stride_w, w.stride_w},
           {Number::pad_top, w.pad_top},
           {Number::pad_left, w.pad_left}}};
}

Status check_line_buffer_shape(const KernelFit& fit) {
  for (const auto& [name, value] : line_buffer_numbers(fit.layer())) SLUICE_CHECK(fit.number(name, value));
  return ok();
}

Status check_line_buffer_output(const KernelFit& fit) {
  SLUICE_CHECK(fit.number(Number::pad_code, padding_code(fit.layer().kind, fit.in().element_bits)));
  return check_copies_fed(fit);
}

Status check_pool(const KernelFit& fit) {
  SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, fit.out().lanes));
  return fit.carries(fit.in(), fit.own_pixels() * fit.window_codes(), fit.arriving_bits());
}

std::map<Number, int> pool_numbers(const Layer& layer, int, int) {
  return {{Number::steps, static_cast<int>(layer.window.taps())}};
}

}  // namespace sluice
