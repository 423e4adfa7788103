// SPDX-License-Identifier: Apache-2.0
// See layer_time.hpp.
#include "compiler/model/layer_time.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/model/engine_model.hpp"
#include "compiler/model/stem_cycles.hpp"
#include "runtime/bundle/window_completions.hpp"

namespace sluice {
namespace {

std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

double prefix_cycles(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  if (density.prefix_cycles > 0) return density.prefix_cycles;
  const std::int64_t filters = work.output.channels;
  if (density.prefixes.empty()) {
    const LiveHistogram prefix = independent_lanes(density.weight, int(work.window_codes()));
    const std::int64_t whole = filters / shape.filters, rest = filters % shape.filters;
    return double(whole) * lock_step_cycles(prefix, shape.filters, 1) +
           (rest == 0 ? 0 : lock_step_cycles(prefix, int(rest), 1));
  }
  return double(lock_step_cycles_of(density.prefixes, int(density.prefixes.size()), shape.filters, 1));
}

double vector_cycles(const EngineShape& shape, const LayerDensity& density) {
  if (density.vector_cycles > 0) return density.vector_cycles;
  const auto met = density.group_live.find({shape.vector_lanes, shape.filters});
  if (met != density.group_live.end()) return mean_cycles(met->second, shape.pairs);
  const bool has_histogram = density.vector_live.size() == std::size_t(shape.vector_lanes) + 1;
  return lock_step_cycles(has_histogram ? density.vector_live : independent_lanes(density.pairs(), shape.vector_lanes),
                          shape.filters, shape.pairs);
}

namespace {

// Beats of a pool's window.
double pool_beats(const EngineShape& shape, const LayerWork& work) {
  return has_window(work.kind) ? double(work.taps() * ceil_of(work.input.channels, shape.in_lanes)) : 0;
}

// Of one copy that does all the work.
double loop_cycles(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  if (is_engine(shape.kind)) return engine_model(shape.kind).loop_cycles.get()(shape, work, density);
  const double gates = double(ceil_of(work.input.channels, shape.in_lanes));
  if (shape.kind == KernelKind::scale) return double(work.pixels()) * gates + gates;  // the gates come first
  return double(work.pixels()) * pool_beats(shape, work);
}

}  // namespace

std::int64_t work_units(const EngineShape& shape, const LayerWork& work) {
  if (!is_engine(shape.kind) || !engine_model(shape.kind).has_tiles.get()) return work.pixels();
  // A tile that holds whole windows may span rows; one whose words serve several kernel columns may not.
  if (shape.vector_lanes == 1) return ceil_of(work.pixels(), shape.pixels);
  return work.output.height * ceil_of(work.output.width, shape.pixels);
}

double scanned_cycles(const LayerWork& work, int lanes, int code_cycles, const LayerDensity& density) {
  const auto met = density.empty_beats.find(lanes);
  const double empty_share = met != density.empty_beats.end() ? met->second : std::pow(1 - density.activation, lanes);
  const auto codes = double(work.window_codes()), beats = double(work.taps() * ceil_of(work.input.channels, lanes));
  return codes * density.activation * code_cycles + beats * empty_share;
}

// Tiles and the replay kernels of copies hold their windows; a dense or pair-sparse engine without copies gets its
// windows again for every filter group, one that looks for zeros for every pass.
double window_cycles(const EngineShape& shape, const LayerWork& work) {
  const double steps =
      is_engine(shape.kind) ? engine_model(shape.kind).window_beats.get()(shape, work) : pool_beats(shape, work);
  if (steps == 0) return 0;
  const auto pixels = double(work.pixels());
  const WindowRepeats repeats = is_engine(shape.kind) ? engine_model(shape.kind).repeats.get() : WindowRepeats::never;
  const bool is_again =
      repeats == WindowRepeats::always || (repeats == WindowRepeats::without_copies && shape.copies == 1);
  const auto groups = double(is_again ? ceil_of(work.output.channels, std::int64_t{shape.filters} * shape.group) : 1);
  const double out = pixels * steps * groups;
  // A line buffer stops reading while it sends. With each channel group of a pixel that completes a window, a beat of
  // it leaves, but for taps.
  if (work.window == Window{} && groups == 1 && shape.pixels == 1) return out;  // there is none
  if (const int together = pixels_at_once(shape); together > 1) {
    return double(stem_window_cycles(work.window, work.input, work.output, together, std::int64_t(steps * groups)));
  }
  const auto beats_a_pixel = double(ceil_of(work.input.channels, shape.in_lanes));
  const WindowCompletions completions(work.window, work.input, work.output);
  const auto places = double(work.input.pixels());
  return places * beats_a_pixel + out -
         (has_taps(shape, work) ? 0 : beats_a_pixel * double(completions.completing_beats()));
}

LayerTime layer_time(const EngineShape& shape, const LayerWork& work, const LayerDensity& density) {
  LayerTime time;
  const int side_by_side = pixels_at_once(shape);
  const auto beats_a_pixel = double(ceil_of(std::int64_t{work.input.channels} * side_by_side, shape.in_lanes));
  const std::int64_t units = std::max<std::int64_t>(1, work_units(shape, work));
  time.op = loop_cycles(shape, work, density) * double(ceil_of(units, shape.copies)) / double(units);
  const double map = double(ceil_of(work.input.pixels(), side_by_side)) * beats_a_pixel,
               other = double(ceil_of(work.second_operand, shape.in_lanes));
  time.in = work.kind == LayerKind::scale ? map + other : std::max(map, other);  // gates come before their map
  time.out = double(work.pixels() * ceil_of(work.output.channels, shape.out_lanes));
  time.window = window_cycles(shape, work);
  return time;
}

}  // namespace sluice
