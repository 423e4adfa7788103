// SPDX-License-Identifier: Apache-2.0
// See layer_menu.hpp.
#include "compiler/dse/layer_menu.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/dse/dominated_ways.hpp"
#include "compiler/dse/way_costs.hpp"
#include "compiler/model/engine_memories.hpp"

namespace sluice {
namespace {

constexpr int kListBits = 16;        // a list entry's lanes: code, place
constexpr int kMostCompactorLanes = 16;  // its network grows faster than M
constexpr int kMostBeatLanes = 256;      // of a stream
constexpr int kMostSharedLanes = 3;      // choices of L below O

int largest_divisor(int number, int most) {
  int d = std::min(number, most);
  while (number % d != 0) --d;
  return d;
}

// Divisors from the largest down, each at most two thirds of the one before; ascending.
std::vector<int> divisors(int number, int most) {
  std::vector<int> found;
  for (int d = largest_divisor(number, most);; d = largest_divisor(number, std::max(1, d * 2 / 3))) {
    found.insert(found.begin(), d);
    if (d == 1) return found;
  }
}

LayerKind kind_of(const LayerSpec& spec) { return spec.work.kind; }

KernelKind small_kind(LayerKind kind) {
  switch (kind) {
    case LayerKind::max_pool: return KernelKind::max_pool;
    case LayerKind::average_pool: return KernelKind::average_pool;
    case LayerKind::global_average_pool: return KernelKind::global_average_pool;
    case LayerKind::add: return KernelKind::add;
    case LayerKind::scale: return KernelKind::scale;
    default: return KernelKind::concat;
  }
}

class MenuWriter {
 public:
  MenuWriter(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options) : spec_(spec), options_(options), costs_(spec, model, options) {}

  std::vector<LayerWay> write() {
    if (kind_of(spec_) == LayerKind::depthwise) {
      depthwise();
    } else if (kind_of(spec_) != LayerKind::conv) {
      small();
    } else {
      const auto allows = [&](KernelKind kind) {
        return std::find(spec_.engines.begin(), spec_.engines.end(), kind) != spec_.engines.end();
      };
      if (spec_.is_first || spec_.engines.empty() || allows(KernelKind::conv_dense)) dense();
      if (!spec_.is_first) {
        if (allows(KernelKind::conv_activation_sparse)) list_engine(KernelKind::conv_activation_sparse);
        if (allows(KernelKind::conv_grouped_prefix)) list_engine(KernelKind::conv_grouped_prefix);
        if (allows(KernelKind::conv_weight_sparse)) weight_sparse();
        if (allows(KernelKind::conv_pair_sparse)) pair_sparse();
      }
    }
    return std::move(ways_);
  }

 private:
  // The way with a requantiser for each filter of each copy, and those with fewer for all copies.
  void add(EngineShape shape, const Resources& once, const Resources& front, int window_lanes, bool has_front) {
    ways_.push_back(costs_.way(shape, shape.filters, once, front, window_lanes, has_front));
    if (kind_of(spec_) != LayerKind::conv) return;
    for (const int lanes : shared_lanes(shape)) ways_.push_back(costs_.way(shape, lanes, once, front, window_lanes, has_front));
  }

  // L below O worth a choice: from the fewest that a single engine keeps busy on data without zeros, doubling at least, since copies and
  // zeros need more.
  std::vector<int> shared_lanes(EngineShape shape) const {
    LayerDensity full;
    full.list_cycles = full.live_codes = double(spec_.work.window_codes());
    full.vector_cycles = (shape.vector_lanes + shape.pairs - 1) / shape.pairs;
    full.prefix_cycles = full.list_cycles * spec_.work.output.channels / shape.filters;
    shape.out_lanes = shape.filters;
    const double interval = layer_time(shape, spec_.work, full).interval(), codes = double(spec_.work.pixels() * spec_.work.output.channels);
    std::vector<int> lanes;
    for (int l = 1; l < shape.filters && int(lanes.size()) < kMostSharedLanes; ++l) {
      const bool is_enough = codes / l <= interval, is_larger = lanes.empty() || l >= 2 * lanes.back();
      if (shape.filters % l == 0 && is_enough && is_larger) lanes.push_back(l);
    }
    return lanes;
  }

  // Taps that a beat of windows may hold.
  std::vector<int> tap_choices() const {
    std::vector<int> taps{1};
    for (const int t : {spec_.work.window.kernel_w, int(spec_.work.taps())}) {
      if (t > taps.back()) taps.push_back(t);
    }
    return taps;
  }

  void dense() {
    const int channels = spec_.work.input.channels;
    for (const int taps : tap_choices()) {
      for (const int lanes : divisors(channels, std::max(1, options_.most_vector_lanes / taps))) {
        const int m = lanes * taps;
        if (m > kMostBeatLanes) continue;
        for (int pixels = 1; pixels <= (lanes == channels && taps == spec_.work.taps() ? spec_.most_pixels : 1); pixels *= 2) {
          if (spec_.work.input.width % pixels != 0 || lanes * pixels > kMostBeatLanes) continue;
          const Resources window = costs_.line_buffer(KernelKind::window, lanes * pixels, m, taps);
          for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
            EngineShape shape = costs_.plain(KernelKind::conv_dense, o);
            shape.vector_lanes = m, shape.taps = taps, shape.in_lanes = lanes * pixels, shape.pixels = pixels;
            const bool has_window = !costs_.is_bare() || pixels > 1 || o < spec_.work.output.channels;
            add(shape, has_window ? window : Resources{}, {}, m, false);
          }
        }
      }
    }
  }

  void depthwise() {
    for (const int taps : tap_choices()) {
      for (const int o : divisors(spec_.work.output.channels, std::min(options_.most_filters, std::max(1, kMostBeatLanes / taps)))) {
        if (o * taps > kMostBeatLanes) continue;
        EngineShape shape = costs_.plain(KernelKind::depthwise_dense, o);
        shape.vector_lanes = shape.taps = taps, shape.in_lanes = o;
        add(shape, costs_.is_bare() ? Resources{} : costs_.line_buffer(KernelKind::window, o, o * taps, taps), {}, o * taps, false);
      }
    }
  }

  void list_engine(KernelKind kind) {
    const std::vector<int> groups = kind == KernelKind::conv_grouped_prefix ? std::vector<int>{2, 4, 8} : std::vector<int>{1};
    for (const int lanes : divisors(spec_.work.input.channels, kMostCompactorLanes)) {
      const Resources window = costs_.is_bare() ? Resources{} : costs_.line_buffer(KernelKind::window, lanes, lanes);
      for (const int g : groups) {
        if (spec_.work.output.channels % g != 0) continue;
        const Resources compactor = costs_.holder(KernelKind::compactor, lanes, g > 1 ? 3 : 2, kListBits);
        for (const int o : divisors(spec_.work.output.channels / g, options_.most_filters)) {
          EngineShape shape = costs_.plain(kind, o);
          shape.group = shape.prefix = g, shape.in_lanes = lanes;
          add(shape, window, compactor, lanes, true);
        }
      }
    }
  }

  void weight_sparse() {
    const int lanes = largest_divisor(spec_.work.input.channels, 16);
    const Resources window = costs_.is_bare() ? Resources{} : costs_.line_buffer(KernelKind::window, lanes, lanes);
    const Resources tile = costs_.holder(KernelKind::tile, lanes, lanes + 1, options_.data_bits);
    for (const int p : {1, 2, 4, 8, 16}) {
      if (p > spec_.work.pixels()) break;
      for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
        EngineShape shape = costs_.plain(KernelKind::conv_weight_sparse, o);
        shape.pixels = p, shape.in_lanes = lanes;
        add(shape, window, tile, lanes, true);
      }
    }
  }

  void pair_sparse() {
    const int taps = int(spec_.work.taps()), channels = spec_.work.input.channels;
    const int arriving = largest_divisor(channels, 16);
    const std::vector<int> lanes = taps > 1 ? std::vector<int>{taps} : divisors(channels, 32);
    for (const int m : lanes) {
      if (m < 4 || m > kMostBeatLanes) continue;
      const Resources window = costs_.line_buffer(taps > 1 ? KernelKind::taps : KernelKind::window, taps > 1 ? arriving : m, m);
      for (const int n : {1, 2, 3, 4, 6, 8}) {
        if (n >= m) break;
        for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
          EngineShape shape = costs_.plain(KernelKind::conv_pair_sparse, o);
          shape.vector_lanes = m, shape.pairs = n, shape.in_lanes = taps > 1 ? arriving : m;
          const bool has_window = !costs_.is_bare() || o < spec_.work.output.channels;
          add(shape, has_window ? window : Resources{}, {}, m, false);
        }
      }
    }
  }

  // Lanes divide the channels of every operand.
  void small() {
    const KernelKind kind = small_kind(kind_of(spec_));
    const LayerWork& work = spec_.work;
    const int channels = kind == KernelKind::concat ? std::gcd(work.input.channels, work.output.channels) : work.output.channels;
    const bool requantises = kind != KernelKind::max_pool && kind != KernelKind::concat;
    const bool is_windowed = (kind == KernelKind::max_pool || kind == KernelKind::average_pool) && !costs_.is_bare();
    for (const int lanes : divisors(channels, options_.most_filters)) {
      LayerWay way;
      way.shape = costs_.plain(kind, 1);
      way.shape.in_lanes = way.shape.out_lanes = lanes, way.shape.requantised_lanes = requantises ? lanes : 0;
      way.shape.curve_multipliers = requantises ? spec_.curve_multipliers : 0;
      EngineShape kernel = way.shape;
      kernel.rams = memories_of(way.shape, work, requantises && spec_.has_curve_table);
      way.once = costs_.with_queue(kernel, lanes, options_.data_bits);
      if (is_windowed) way.once += costs_.line_buffer(KernelKind::window, lanes, lanes);
      ways_.push_back(std::move(way));
    }
  }

  const LayerSpec& spec_;
  const MenuOptions& options_;
  const WayCosts costs_;
  std::vector<LayerWay> ways_;
};

}  // namespace

Resources LayerWay::cost(int copies) const {
  Resources cost = once;
  cost += of_copy * copies;
  if (copies == 1) return cost;
  cost += of_dealing;
  cost += of_dealt_copy * copies;
  return cost;
}

LayerMenu layer_menu(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options) {
  return {spec, without_dominated(MenuWriter(spec, model, options).write(), spec.work)};
}

}  // namespace sluice
