// SPDX-License-Identifier: Apache-2.0
// See layer_time.hpp.
#include "compiler/model/layer_time.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/model/stem_cycles.hpp"
#include "runtime/bundle/window_completions.hpp"

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
    case KernelKind::conv_dense: return units * double(steps_of(work, shape.vector_lanes, shape.taps)) * groups;
    case KernelKind::depthwise_dense: return units * double(ceil_of(work.taps(), shape.vector_lanes)) * groups;
    case KernelKind::conv_activation_sparse: return units * (groups * mean_list_length(work, density) + double(steps_of(work, shape.in_lanes)));
    case KernelKind::conv_grouped_prefix: return units * (groups * (mean_live_codes(work, density) * shape.prefix + shape.group) + double(steps_of(work, shape.in_lanes)));
    case KernelKind::conv_weight_sparse:
      // While a tile is multiplied, the next one is loaded and the last one's sums leave.
      return units * std::max({prefix_cycles(shape, work, density), shape.pixels * double(steps_of(work, shape.in_lanes)), shape.pixels * groups});
    case KernelKind::conv_pair_sparse: return units * double(vectors_of(shape, work)) * groups * vector_cycles(shape, density);
    case KernelKind::max_pool:
    case KernelKind::average_pool: return units * double(work.taps() * ceil_of(work.input.channels, shape.in_lanes));
    case KernelKind::scale: return units * double(ceil_of(work.input.channels, shape.in_lanes)) + double(ceil_of(work.input.channels, shape.in_lanes));  // the gates come first
    default: return 0;
  }
}

// Beats of an output pixel's window.
double window_steps(const EngineShape& shape, const LayerWork& work) {
  switch (shape.kind) {
    case KernelKind::conv_activation_sparse:
    case KernelKind::conv_grouped_prefix:
    case KernelKind::conv_weight_sparse: return double(steps_of(work, shape.in_lanes));
    case KernelKind::conv_dense: return double(steps_of(work, shape.vector_lanes, shape.taps));
    case KernelKind::conv_pair_sparse: return double(vectors_of(shape, work));
    // Every channel is a filter: copies share a stream as long as the loop of one.
    case KernelKind::depthwise_dense: return double(ceil_of(work.taps(), shape.vector_lanes) * ceil_of(work.output.channels, shape.filters));
    case KernelKind::max_pool:
    case KernelKind::average_pool: return double(work.taps() * ceil_of(work.input.channels, shape.in_lanes));
    default: return 0;
  }
}

// P pixels enter a stem's cycle side by side; in a weight-sparse layer P counts outputs and pixels enter singly.
int side_by_side_of(const EngineShape& shape) { return shape.kind == KernelKind::conv_weight_sparse ? 1 : shape.pixels; }

}  // namespace

std::int64_t work_units(const EngineShape& shape, const LayerWork& work) {
  if (shape.kind != KernelKind::conv_weight_sparse) return work.pixels();
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

// Compactors, tiles and the replay kernels of copies hold their windows; a dense or pair-sparse engine without copies gets its
// windows again for every filter group.
double window_cycles(const EngineShape& shape, const LayerWork& work) {
  const double steps = window_steps(shape, work);
  if (steps == 0) return 0;
  const auto pixels = double(work.pixels());
  const bool is_again = shape.copies == 1 && (shape.kind == KernelKind::conv_dense || shape.kind == KernelKind::conv_pair_sparse);
  const auto groups = double(is_again ? ceil_of(work.output.channels, shape.filters) : 1);
  const double out = pixels * steps * groups;
  // A line buffer stops reading while it sends; with each channel group of a pixel that completes a window, a beat of it leaves,
  // but for taps.
  const bool is_taps = shape.kind == KernelKind::conv_pair_sparse && work.taps() > 1;
  if (work.window == Window{} && groups == 1 && shape.pixels == 1) return out;  // there is none
  if (const int together = side_by_side_of(shape); together > 1) {
    return double(stem_window_cycles(work.window, work.input, work.output, together, std::int64_t(steps * groups)));
  }
  const auto beats_a_pixel = double(ceil_of(work.input.channels, shape.in_lanes));
  const WindowCompletions completions(work.window, work.input, work.output);
  const auto places = double(work.input.pixels());
  return places * beats_a_pixel + out - (is_taps ? 0 : beats_a_pixel * double(completions.completing_beats()));
}

LayerTime layer_time(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  LayerTime time;
  const Window& w = work.window;
  const int side_by_side = side_by_side_of(shape);
  const auto beats_a_pixel = double(ceil_of(std::int64_t{work.input.channels} * side_by_side, shape.in_lanes));
  const std::int64_t units = std::max<std::int64_t>(1, work_units(shape, work));
  time.op = op_cycles(shape, work, density) * double(ceil_of(units, shape.copies)) / double(units);
  const double map = double(ceil_of(work.input.pixels(), side_by_side)) * beats_a_pixel, other = double(ceil_of(work.second_operand, shape.in_lanes));
  time.in = work.kind == LayerKind::scale ? map + other : std::max(map, other);  // gates come before their map
  time.out = double(work.pixels() * ceil_of(work.output.channels, shape.out_lanes));
  time.window = window_cycles(shape, work);
  if (has_window(work.kind)) {
    const std::int64_t rows = std::max(0, w.kernel_h - 1 - w.pad_top), columns = std::max(0, w.kernel_w - w.pad_left);
    time.fill = double(ceil_of(rows * work.input.width + columns, side_by_side)) * beats_a_pixel;
  } else if (work.kind == LayerKind::global_average_pool) {
    time.fill = time.in;
  }
  time.drain = time.op / double(std::max<std::int64_t>(1, work.pixels()));
  return time;
}

}  // namespace sluice
