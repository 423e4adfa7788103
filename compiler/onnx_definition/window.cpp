// SPDX-License-Identifier: Apache-2.0
// Reads a window's attributes and solves for the size of the result (see window.hpp).
#include "compiler/onnx_definition/window.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 20;

// One number per spatial axis, of the last of depth, height, width.
Status fill(Window::Extent& extent, const std::vector<std::int64_t>& list, std::size_t axes, std::int64_t least) {
  if (list.empty()) return ok();
  if (list.size() != axes) return user_error("{} numbers for {} spatial axes", list.size(), axes);
  for (std::size_t i = 0; i < axes; ++i) {
    if (list[i] < least || list[i] > kLargest) return user_error("a window with the number {}", list[i]);
    extent[3 - axes + i] = list[i];
  }
  return ok();
}

Status solve(Window& w, std::size_t axis, const std::string& auto_pad, bool is_ceil) {
  const std::int64_t extent = (w.kernel[axis] - 1) * w.dilation[axis] + 1;
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    w.out[axis] = (w.in[axis] + w.stride[axis] - 1) / w.stride[axis];
    const std::int64_t pads = std::max<std::int64_t>(0, (w.out[axis] - 1) * w.stride[axis] + extent - w.in[axis]);
    w.pad_begin[axis] = auto_pad == "SAME_UPPER" ? pads / 2 : pads - pads / 2;
    w.pad_end[axis] = pads - w.pad_begin[axis];
    return ok();
  }
  if (auto_pad == "VALID") w.pad_begin[axis] = w.pad_end[axis] = 0;
  const std::int64_t room = w.in[axis] + w.pad_begin[axis] + w.pad_end[axis] - extent;
  if (room < 0) return user_error("the window is larger than the padded picture");
  w.out[axis] = (room + (is_ceil ? w.stride[axis] - 1 : 0)) / w.stride[axis] + 1;
  if (is_ceil && (w.out[axis] - 1) * w.stride[axis] >= w.in[axis] + w.pad_begin[axis]) --w.out[axis];
  return ok();
}

}  // namespace

Result<Window> window_of(const Call& call, const Dims& kernel) {
  const Dims& in = call[0].dims;
  if (in.size() < 3 || in.size() > 5) return user_error("the input is {}", to_text(in));
  Window w;
  w.axes = in.size() - 2;
  SLUICE_CHECK(fill(w.in, {in.begin() + 2, in.end()}, w.axes, 1));
  const Dims stated = call.attributes.integers("kernel_shape", {});
  if (kernel.empty() && stated.empty()) return user_error("kernel_shape is missing");
  SLUICE_CHECK(fill(w.kernel, kernel.empty() ? stated : kernel, w.axes, 1));
  SLUICE_CHECK(fill(w.stride, call.attributes.integers("strides", {}), w.axes, 1));
  SLUICE_CHECK(fill(w.dilation, call.attributes.integers("dilations", {}), w.axes, 1));
  const Dims pads = call.attributes.integers("pads", {});
  if (!pads.empty() && pads.size() != 2 * w.axes) return user_error("pads has {} numbers", pads.size());
  if (!pads.empty()) {
    const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(w.axes);
    SLUICE_CHECK(fill(w.pad_begin, {pads.begin(), middle}, w.axes, 0));
    SLUICE_CHECK(fill(w.pad_end, {middle, pads.end()}, w.axes, 0));
  }
  for (std::size_t axis = 3 - w.axes; axis < 3; ++axis) {
    const std::string auto_pad = call.attributes.text("auto_pad", "NOTSET");
    SLUICE_CHECK(solve(w, axis, auto_pad, call.attributes.integer("ceil_mode", 0) != 0));
  }
  return w;
}

Dims Window::result(std::int64_t batch, std::int64_t channels) const {
  Dims dims{batch, channels};
  dims.insert(dims.end(), out.end() - static_cast<std::ptrdiff_t>(axes), out.end());
  return dims;
}

}  // namespace sluice::definition
