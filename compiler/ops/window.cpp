// SPDX-License-Identifier: Apache-2.0
// The geometry of a sliding window (see window.hpp).
//
// Before and after: as the header says; sizes are checked against 2^31 first, so that no product below overflows.
#include "compiler/ops/window.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

constexpr std::int64_t kMaxExtent = std::int64_t{1} << 20;

Status check_list(const std::vector<std::int64_t>& list, const char* name, std::int64_t least) {
  for (std::int64_t item : list) {
    if (item < least || item > kMaxExtent)
      return user_error("{} holds {}; possible are {} to {}", name, item, least, kMaxExtent);
  }
  return ok();
}

// One number per spatial axis, outermost first, as {height, width, depth}; axes that are not there get `none`.
Result<Window::Extent> extent_of(const std::vector<std::int64_t>& list, std::size_t axes, const char* name,
                                 std::int64_t none) {
  Window::Extent extent{none, none, none};
  if (list.empty()) return extent;
  if (list.size() != axes) return user_error("{} has {} numbers for {} spatial axes", name, list.size(), axes);
  extent[1] = list[axes - 1];
  if (axes > 1) extent[0] = list[axes - 2];
  if (axes > 2) extent[2] = list[axes - 3];
  return extent;
}

// Pads and output of one axis.
Status solve_axis(Window& w, std::size_t axis, const std::string& auto_pad, bool ceil_mode) {
  const std::int64_t in = w.in[axis], stride = w.stride[axis];
  const std::int64_t extent = (w.kernel[axis] - 1) * w.dilation[axis] + 1;
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    w.out[axis] = (in + stride - 1) / stride;
    const std::int64_t missing = std::max<std::int64_t>((w.out[axis] - 1) * stride + extent - in, 0);
    w.pad_begin[axis] = auto_pad == "SAME_UPPER" ? missing / 2 : missing - missing / 2;
    w.pad_end[axis] = missing - w.pad_begin[axis];
    return ok();
  }
  if (auto_pad == "VALID") w.pad_begin[axis] = w.pad_end[axis] = 0;
  const std::int64_t room = in + w.pad_begin[axis] + w.pad_end[axis] - extent;
  if (room < 0) {
    return user_error("a window of {} (dilation included) does not fit into {} pixels with pads {} and {}", extent, in,
                      w.pad_begin[axis], w.pad_end[axis]);
  }
  w.out[axis] = (ceil_mode ? (room + stride - 1) / stride : room / stride) + 1;
  if (ceil_mode && (w.out[axis] - 1) * stride >= in + w.pad_begin[axis]) --w.out[axis];
  return ok();
}

}  // namespace

std::vector<AttributeRule> window_attributes(std::vector<AttributeRule> own) {
  std::vector<AttributeRule> rules = {{"auto_pad", AttributeKind::text},
                                      {"kernel_shape", AttributeKind::integers},
                                      {"pads", AttributeKind::integers},
                                      {"strides", AttributeKind::integers}};
  rules.insert(rules.end(), own.begin(), own.end());
  return rules;
}

Status accept_window(const ir::Node& node, int) {
  SLUICE_CHECK(check_list(node.integers("kernel_shape", {}), "kernel_shape", 1));
  SLUICE_CHECK(check_list(node.integers("strides", {}), "strides", 1));
  SLUICE_CHECK(check_list(node.integers("dilations", {}), "dilations", 1));
  SLUICE_CHECK(check_list(node.integers("pads", {}), "pads", 0));
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  if (auto_pad != "NOTSET" && auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER" && auto_pad != "VALID") {
    return user_error("auto_pad is \"{}\"; possible are NOTSET, SAME_UPPER, SAME_LOWER, VALID", auto_pad);
  }
  return ok();
}

Result<Window> window_of(const Call& call, std::vector<std::int64_t> kernel) {
  const ir::Dims& input = call.dims(0);
  const std::size_t axes = input.size() < 2 ? 0 : input.size() - 2;
  if (axes < 1 || axes > 3) {
    return user_error("the input is {}; only pictures (batch x channels x height x width) are possible",
                      ir::to_text(input));
  }
  const std::vector<std::int64_t> stated = call.node.integers("kernel_shape", {});
  if (kernel.empty() && stated.empty()) return user_error("kernel_shape is missing");
  if (kernel.empty()) kernel = stated;
  if (!stated.empty() && stated != kernel) {
    return user_error("kernel_shape {} differs from the weights' {}", ir::to_text(stated), ir::to_text(kernel));
  }
  SLUICE_CHECK(check_list(kernel, "kernel", 1));
  Window w;
  w.kernel = SLUICE_TRY(extent_of(kernel, axes, "kernel_shape", 1));
  w.stride = SLUICE_TRY(extent_of(call.node.integers("strides", {}), axes, "strides", 1));
  w.dilation = SLUICE_TRY(extent_of(call.node.integers("dilations", {}), axes, "dilations", 1));
  const std::vector<std::int64_t> pads = call.node.integers("pads", {});
  if (!pads.empty() && pads.size() != 2 * axes) {
    return user_error("pads has {} numbers, {} spatial axes need {}", pads.size(), axes, 2 * axes);
  }
  if (!pads.empty()) {
    w.pad_begin = SLUICE_TRY(extent_of({pads.begin(), pads.begin() + axes}, axes, "pads", 0));
    w.pad_end = SLUICE_TRY(extent_of({pads.begin() + axes, pads.end()}, axes, "pads", 0));
  }
  w.in = SLUICE_TRY(extent_of({input.begin() + 2, input.end()}, axes, "the input", 1));
  for (std::size_t axis = 0; axis < w.in.size(); ++axis) {
    if (w.in[axis] < 1 || w.in[axis] > kMaxExtent) return user_error("the input is {}", ir::to_text(input));
    SLUICE_CHECK(solve_axis(w, axis, call.node.text("auto_pad", "NOTSET"), call.node.integer("ceil_mode", 0) != 0));
  }
  return w;
}

ir::Dims Window::result(const ir::Dims& input, std::int64_t channels) const {
  if (input.size() == 3) return {input[0], channels, out[1]};
  if (input.size() == 5) return {input[0], channels, out[2], out[0], out[1]};
  return {input[0], channels, out[0], out[1]};
}

}  // namespace sluice::ops
