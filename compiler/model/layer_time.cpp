// SPDX-License-Identifier: Apache-2.0
// See layer_time.hpp.
#include "compiler/model/layer_time.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Beats of a window of `lanes` codes, of one tap or several whole ones.
std::int64_t steps_of(const LayerWork& work, std::int64_t lanes, std::int64_t taps = 1) {
  return ceil_of(work.taps(), taps) * ceil_of(work.input.channels, std::max<std::int64_t>(1, lanes / taps));
}

// Lists of one pixel, in vectors.
std::int64_t vectors_of(const EngineShape& shape, const LayerWork& work) {
  // The taps of a channel are one vector; 1x1 convolutions have none and take channels instead.
  return work.taps() > 1 && shape.vector_lanes == work.taps() ? work.input.channels : ceil_of(work.window_codes(), shape.vector_lanes);
}

}  // namespace

double prefix_cycles(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  if (density.prefix_cycles > 0) return density.prefix_cycles;
  const std::int64_t filters = work.output.channels;
  if (density.prefixes.empty()) {
    const LiveHistogram prefix = independent_lanes(density.weight, int(work.window_codes()));
    const std::int64_t whole = filters / shape.filters, rest = filters % shape.filters;
    return double(whole) * lock_step_cycles(prefix, shape.filters, 1) + (rest == 0 ? 0 : lock_step_cycles(prefix, int(rest), 1));
  }
  return double(lock_step_cycles_of(density.prefixes, int(density.prefixes.size()), shape.filters, 1));
}

double vector_cycles(const EngineShape& shape, const LayerDensity& density) {
  if (density.vector_cycles > 0) return density.vector_cycles;
  const auto met = density.group_live.find({shape.vector_lanes, shape.filters});
  if (met != density.group_live.end()) return mean_cycles(met->second, shape.pairs);
  const bool has_histogram = density.vector_live.size() == std::size_t(shape.vector_lanes) + 1;
  return lock_step_cycles(has_histogram ? density.vector_live : independent_lanes(density.pairs(), shape.vector_lanes), shape.filters, shape.pairs);
}

namespace {

// Of one copy that does all the work.
double op_cycles(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  const auto units = double(work_units(shape, work));
  const auto groups = double(ceil_of(work.output.channels, std::int64_t{shape.filters} * shape.group));
  switch (shape.kind) {
    case EngineKind::dense: return units * double(steps_of(work, shape.vector_lanes, shape.taps)) * groups;
    case EngineKind::depthwise_dense: return units * double(ceil_of(work.taps(), shape.vector_lanes)) * groups;
    case EngineKind::activation_sparse: return units * groups * mean_list_length(work, density);
    case EngineKind::grouped_prefix: return units * groups * (mean_live_codes(work, density) * shape.prefix + shape.group);
    case EngineKind::weight_sparse:
      // While a tile is multiplied, the next one is loaded and the last one's sums leave.
      return units * std::max({prefix_cycles(shape, work, density), shape.pixels * double(steps_of(work, shape.in_lanes)), shape.pixels * groups});
    case EngineKind::pair_sparse: return units * double(vectors_of(shape, work)) * groups * vector_cycles(shape, density);
    case EngineKind::max_pool:
    case EngineKind::average_pool: return units * double(work.taps() * ceil_of(work.input.channels, shape.in_lanes));
    default: return 0;
  }
}

// Places along one side, in beats of `together` pixels, at which an output row or column becomes complete: where its last
// tap lies, or at the end for those whose last tap lies outside.
std::int64_t completing(std::int64_t in, std::int64_t out, int kernel, int stride, int pad, std::int64_t together = 1) {
  std::int64_t count = 0, last = -1;
  for (std::int64_t o = 0; o < out; ++o) {
    const std::int64_t at = std::min(o * stride - pad + kernel - 1, in - 1) / together;
    count += at != last, last = at;
  }
  return count;
}

// Cycles of the line buffer: the beats it sends, and the beats that it takes without sending any (head of window.cl). A dense or
// pair-sparse engine without copies gets its window again for every filter group; compactors, tiles and the replay kernels of
// copies hold theirs.
double line_buffer_cycles(const EngineShape& shape, const LayerWork& work, std::int64_t together, std::int64_t beats_a_pixel) {
  const auto pixels = work.pixels();
  const std::int64_t replay = shape.copies == 1 ? ceil_of(work.output.channels, shape.filters) : 1;
  const Window& w = work.window;
  std::int64_t sent = 0;
  switch (shape.kind) {
    case EngineKind::activation_sparse:
    case EngineKind::grouped_prefix:
    case EngineKind::weight_sparse: sent = pixels * steps_of(work, shape.in_lanes); break;
    case EngineKind::dense: sent = pixels * steps_of(work, shape.vector_lanes, shape.taps) * replay; break;
    case EngineKind::pair_sparse:
      sent = pixels * vectors_of(shape, work) * replay;
      // taps.cl takes, then sends.
      if (work.taps() > 1) return double(sent + std::int64_t{work.input.height} * work.input.width * beats_a_pixel);
      break;
    // Every channel is a filter: copies share a stream as long as the loop of one.
    case EngineKind::depthwise_dense: sent = pixels * ceil_of(work.taps(), shape.vector_lanes) * ceil_of(work.output.channels, shape.filters); break;
    case EngineKind::max_pool:
    case EngineKind::average_pool: sent = pixels * work.taps() * beats_a_pixel; break;
    default: return 0;
  }
  const std::int64_t places = std::int64_t{work.input.height} * ceil_of(work.input.width, together);
  const std::int64_t sending = completing(work.input.height, work.output.height, w.kernel_h, w.stride_h, w.pad_top) *
                               completing(work.input.width, work.output.width, w.kernel_w, w.stride_w, w.pad_left, together);
  return double(sent + (places - sending) * beats_a_pixel);
}

}  // namespace

std::int64_t work_units(const EngineShape& shape, const LayerWork& work) {
  if (shape.kind != EngineKind::weight_sparse) return work.pixels();
  // A tile that holds whole windows may span rows; one whose words serve several kernel columns may not.
  if (shape.vector_lanes == 1) return ceil_of(work.pixels(), shape.pixels);
  return work.output.height * ceil_of(work.output.width, shape.pixels);
}

double mean_live_codes(const LayerWork& work, const LayerDensity& density) {
  if (density.list_cycles > 0) return density.live_codes;
  return density.window_live.empty() ? density.activation * double(work.window_codes()) : mean_cycles(density.window_live, 1, true);
}

double mean_list_length(const LayerWork& work, const LayerDensity& density) {
  if (density.list_cycles > 0) return density.list_cycles;
  if (!density.window_live.empty()) return mean_cycles(density.window_live, 1);
  // E[max(1, z)] = mean + P(z = 0).
  const auto codes = double(work.window_codes());
  return density.activation * codes + std::pow(1 - density.activation, codes);
}

LayerTime layer_time(const EngineShape& shape, const LayerWork& work, const LayerDensity& density, const TimeOptions& options) {
  LayerTime time;
  const Window& w = work.window;
  const bool pads = options.padding_costs_cycles && has_window(work.kind);
  const std::int64_t height = work.input.height + (pads ? w.pad_top + w.pad_bottom : 0);
  const std::int64_t width = work.input.width + (pads ? w.pad_left + w.pad_right : 0);
  // P pixels enter a stem's cycle side by side; in a weight-sparse layer P counts outputs and pixels enter singly.
  const int side_by_side = shape.kind == EngineKind::weight_sparse ? 1 : shape.pixels;
  const std::int64_t beats_a_pixel = ceil_of(work.input.channels * side_by_side, shape.in_lanes);
  const std::int64_t units = std::max<std::int64_t>(1, work_units(shape, work));
  time.op = op_cycles(shape, work, density) * double(ceil_of(units, shape.copies)) / double(units);
  const auto map = double(ceil_of(height * width, side_by_side) * beats_a_pixel), other = double(ceil_of(work.second_operand, shape.in_lanes));
  time.in = work.kind == LayerKind::scale ? map + other : std::max(map, other);  // gates come before their map
  time.out = double(work.pixels() * ceil_of(work.output.channels, shape.out_lanes));
  time.window = line_buffer_cycles(shape, work, side_by_side, beats_a_pixel);
  if (shape.kind == EngineKind::activation_sparse || shape.kind == EngineKind::grouped_prefix) {
    time.list = time.op + double(ceil_of(units, shape.copies) * steps_of(work, shape.in_lanes));
  }
  if (has_window(work.kind)) {
    const std::int64_t rows = std::max(0, w.kernel_h - 1 - w.pad_top), columns = std::max(0, w.kernel_w - w.pad_left);
    time.fill = double(ceil_of(rows * work.input.width + columns, side_by_side) * beats_a_pixel);
  } else if (work.kind == LayerKind::global_average_pool) {
    time.fill = time.in;
  }
  time.drain = time.op / double(std::max<std::int64_t>(1, work.pixels()));
  return time;
}

}  // namespace sluice
