// SPDX-License-Identifier: Apache-2.0
// One record an engine, <op>_ways() (see engine_ways.hpp).
#include "compiler/dse/engine_ways.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

constexpr int kFewestScannedLanes = 4;  // fewer, and most beats hold no code that counts
constexpr int kMostTileLanes = 16;
constexpr int kMostPairLanes = 32;
constexpr int kFewestPairLanes = 4;

int largest_divisor(int number, int most) {
  int d = std::min(number, most);
  while (number % d != 0) --d;
  return d;
}

// Taps that a beat of windows may hold.
std::vector<int> tap_choices(const LayerWork& work) {
  std::vector<int> taps{1};
  for (const int t : {work.window.kernel_w, int(work.taps())}) {
    if (t > taps.back()) taps.push_back(t);
  }
  return taps;
}

std::string no_reason(const LayerWork&) { return "no way of this engine fits the layer"; }
int beat_lanes(const EngineShape& s) { return s.vector_lanes; }
int arriving_lanes(const EngineShape& s) { return s.in_lanes; }
// Zeros cost it the same, whatever its M, N and O.
std::array<int, 4> group_alone(const EngineShape& s) { return {s.group * 100 + 1, s.pairs, 1, 1}; }
void read_beat(const Kernel&, EngineShape& shape) { shape.vector_lanes = shape.in_lanes; }

void append_dense(WayList& list) {
  const LayerWork& work = list.work();
  const WayCosts& costs = list.costs();
  const int channels = work.input.channels;
  for (const int taps : tap_choices(work)) {
    for (const int lanes : divisors(channels, std::max(1, list.options().most_vector_lanes / taps))) {
      const int m = lanes * taps;
      if (m > kMostLanes) continue;
      const int most_pixels = lanes == channels && taps == work.taps() ? list.spec().most_pixels : 1;
      for (int pixels = 1; pixels <= most_pixels; pixels *= 2) {
        if (work.input.width % pixels != 0 || lanes * pixels > kMostLanes) continue;
        const Resources window = costs.line_buffer(KernelKind::window, lanes * pixels, m, taps);
        for (const int o : divisors(work.output.channels, list.options().most_filters)) {
          EngineShape shape = costs.plain(KernelKind::conv_dense, o);
          shape.vector_lanes = m;
          shape.taps = taps;
          shape.in_lanes = lanes * pixels;
          shape.pixels = pixels;
          const bool has_window = !costs.is_bare() || pixels > 1 || o < work.output.channels;
          list.add(shape, {window, has_window, m});
        }
      }
    }
  }
}

const EngineWays& conv_dense_ways() {
  static const EngineWays ways{
      .append = append_dense,
      .configure =
          [](const EngineShape& s, const LayerWork&, LayerConfig& config) {
            config.codes = s.vector_lanes;
            config.taps = s.taps;
            if (s.pixels > 1) config.pixels = s.pixels;
          },
      .read_kernel = read_beat,
      .why_none = no_reason,
      .zero_numbers = group_alone,
      .vector_lanes = beat_lanes,
  };
  return ways;
}

void append_depthwise(WayList& list) {
  const LayerWork& work = list.work();
  const WayCosts& costs = list.costs();
  for (const int taps : tap_choices(work)) {
    const int most = std::min(list.options().most_filters, std::max(1, kMostLanes / taps));
    for (const int o : divisors(work.output.channels, most)) {
      if (o * taps > kMostLanes) continue;
      EngineShape shape = costs.plain(KernelKind::depthwise_dense, o);
      shape.vector_lanes = shape.taps = taps;
      shape.in_lanes = o;
      list.add(shape, {costs.line_buffer(KernelKind::window, o, o * taps, taps), !costs.is_bare(), o * taps});
    }
  }
}

const EngineWays& depthwise_dense_ways() {
  static const EngineWays ways{
      .append = append_depthwise,
      .configure =
          [](const EngineShape& s, const LayerWork&, LayerConfig& config) {
            config.taps = s.taps;
            config.codes = s.filters * s.taps;
          },
      .read_kernel = [](const Kernel&, EngineShape& s) { s.vector_lanes = s.in_lanes / s.out_lanes; },
      .why_none = no_reason,
      .zero_numbers = group_alone,
      .vector_lanes = [](const EngineShape&) { return 0; },
  };
  return ways;
}

// Engines that look through windows for codes that count, with so many filters to a multiplier.
void append_scanned_ways(WayList& list, KernelKind kind, const std::vector<int>& groups) {
  const LayerWork& work = list.work();
  const WayCosts& costs = list.costs();
  for (const int lanes : divisors(work.input.channels, kMostScannedLanes)) {
    if (lanes < kFewestScannedLanes && lanes < work.input.channels) continue;
    const Resources window = costs.line_buffer(KernelKind::window, lanes, lanes);
    for (const int g : groups) {
      if (work.output.channels % g != 0) continue;
      for (const int o : divisors(work.output.channels / g, list.options().most_filters)) {
        EngineShape shape = costs.plain(kind, o);
        shape.group = shape.prefix = g;
        shape.in_lanes = lanes;
        const bool has_window = !costs.is_bare() || o * g < work.output.channels;
        list.add(shape, {window, has_window, lanes});
      }
    }
  }
}

// An empty beat costs the same whatever M is, so M counts.
std::array<int, 4> scanned_numbers(const EngineShape& s) { return {s.group * 100 + 1, s.pairs, s.in_lanes, 1}; }

const EngineWays& conv_activation_sparse_ways() {
  static const EngineWays ways{
      .append = [](WayList& list) { append_scanned_ways(list, KernelKind::conv_activation_sparse, {1}); },
      .configure = [](const EngineShape& s, const LayerWork&, LayerConfig& config) { config.codes = s.in_lanes; },
      .read_kernel = [](const Kernel&, EngineShape&) {},
      .why_none = no_reason,
      .zero_numbers = scanned_numbers,
      .vector_lanes = arriving_lanes,
  };
  return ways;
}

const EngineWays& conv_grouped_prefix_ways() {
  static const EngineWays ways{
      .append =
          [](WayList& list) {
            append_scanned_ways(list, KernelKind::conv_grouped_prefix, {2, 4, 8});
          },
      .configure =
          [](const EngineShape& s, const LayerWork&, LayerConfig& config) {
            config.codes = s.in_lanes;
            config.group = s.group;
          },
      .read_kernel = [](const Kernel& kernel,
                        EngineShape& s) { s.group = s.prefix = kernel.numbers.at(Number::ranks); },
      .why_none =
          [](const LayerWork& work) {
            return fmt::format("no group of 2, 4 or 8 divides {} filters", work.output.channels);
          },
      .zero_numbers = scanned_numbers,
      .vector_lanes = arriving_lanes,
  };
  return ways;
}

void append_weight_sparse(WayList& list) {
  const LayerWork& work = list.work();
  const WayCosts& costs = list.costs();
  const int lanes = largest_divisor(work.input.channels, kMostTileLanes);
  const WindowSource window{costs.line_buffer(KernelKind::window, lanes, lanes), !costs.is_bare(), lanes};
  const Resources tile = costs.holder(KernelKind::tile, lanes, lanes + 1, list.spec().data_bits);
  for (const int p : {1, 2, 4, 8, 16}) {
    if (p > work.pixels()) break;
    for (const int o : divisors(work.output.channels, list.options().most_filters)) {
      EngineShape shape = costs.plain(KernelKind::conv_weight_sparse, o);
      shape.pixels = p;
      shape.in_lanes = lanes;
      list.add(shape, window, tile);
    }
  }
}

const EngineWays& conv_weight_sparse_ways() {
  static const EngineWays ways{
      .append = append_weight_sparse,
      .configure =
          [](const EngineShape& s, const LayerWork&, LayerConfig& config) {
            config.codes = s.in_lanes;
            config.tile_pixels = s.pixels;
          },
      .read_kernel = [](const Kernel& kernel, EngineShape& s) { s.pixels = kernel.numbers.at(Number::tile_pixels); },
      .why_none = no_reason,
      // Filters of a group run in lock step.
      .zero_numbers =
          [](const EngineShape& s) {
            return std::array{s.group * 100 + s.pixels, s.pairs, 1, s.filters};
          },
      .vector_lanes = arriving_lanes,
  };
  return ways;
}

void append_pair_sparse(WayList& list) {
  const LayerWork& work = list.work();
  const WayCosts& costs = list.costs();
  const int taps = int(work.taps()), channels = work.input.channels;
  const int arriving = largest_divisor(channels, 16);
  const std::vector<int> lanes = taps > 1 ? std::vector<int>{taps} : divisors(channels, kMostPairLanes);
  for (const int m : lanes) {
    if (m < kFewestPairLanes || m > kMostLanes) continue;
    const KernelKind window_kind = taps > 1 ? KernelKind::taps : KernelKind::window;
    const Resources window = costs.line_buffer(window_kind, taps > 1 ? arriving : m, m);
    for (const int n : {1, 2, 3, 4, 6, 8}) {
      if (n >= m) break;
      for (const int o : divisors(work.output.channels, list.options().most_filters)) {
        EngineShape shape = costs.plain(KernelKind::conv_pair_sparse, o);
        shape.vector_lanes = m;
        shape.pairs = n;
        shape.in_lanes = taps > 1 ? arriving : m;
        const bool has_window = !costs.is_bare() || o < work.output.channels;
        list.add(shape, {window, has_window, m});
      }
    }
  }
}

const EngineWays& conv_pair_sparse_ways() {
  static const EngineWays ways{
      .append = append_pair_sparse,
      .configure =
          [](const EngineShape& s, const LayerWork& work, LayerConfig& config) {
            config.multipliers = s.pairs;
            if (work.taps() == 1) config.codes = s.vector_lanes;
          },
      .read_kernel =
          [](const Kernel& kernel, EngineShape& s) {
            read_beat(kernel, s);
            s.pairs = kernel.numbers.at(Number::multipliers);
          },
      .why_none =
          [](const LayerWork& work) {
            const std::int64_t lanes = work.taps() > 1 ? work.taps() : work.input.channels;
            return fmt::format("a vector of {} pairs is too short to choose from; {} and more are", lanes,
                               kFewestPairLanes);
          },
      .zero_numbers =
          [](const EngineShape& s) {
            return std::array{s.group * 100 + 1, s.pairs, s.vector_lanes, s.filters};
          },
      .vector_lanes = beat_lanes,
  };
  return ways;
}

}  // namespace

const EngineWays& engine_ways(KernelKind kind) {
  switch (kind) {
#define SLUICE_ENGINE(op, name) \
  case KernelKind::op:          \
    return op##_ways();
#include "device/contract/kernel_list.inc"
    default:
      return conv_dense_ways();  // no engine: the caller's fault
  }
}

std::vector<int> divisors(int number, int most) {
  std::vector<int> found;
  for (int d = largest_divisor(number, most);; d = largest_divisor(number, std::max(1, d * 2 / 3))) {
    found.insert(found.begin(), d);
    if (d == 1) return found;
  }
}

}  // namespace sluice
