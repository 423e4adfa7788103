// SPDX-License-Identifier: Apache-2.0
// See layer_menu.hpp.
#include "compiler/dse/layer_menu.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "compiler/model/engine_memories.hpp"

namespace sluice {
namespace {

constexpr int kQueueDepth = 16;
constexpr int kListBits = 16;        // a list entry's lanes: code, place
constexpr int kMostCompactorLanes = 16;  // its network grows faster than M
constexpr int kMostBeatLanes = 256;      // of a stream

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

EngineKind small_kind(LayerKind kind) {
  switch (kind) {
    case LayerKind::max_pool: return EngineKind::max_pool;
    case LayerKind::average_pool: return EngineKind::average_pool;
    case LayerKind::global_average_pool: return EngineKind::global_average_pool;
    case LayerKind::add: return EngineKind::add;
    case LayerKind::scale: return EngineKind::scale;
    default: return EngineKind::concat;
  }
}

class MenuWriter {
 public:
  MenuWriter(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options) : spec_(spec), model_(model), options_(options) {}

  std::vector<LayerWay> write() {
    if (kind_of(spec_) == LayerKind::depthwise) {
      depthwise();
    } else if (kind_of(spec_) != LayerKind::conv) {
      small();
    } else {
      const auto allows = [&](EngineKind kind) {
        return std::find(spec_.engines.begin(), spec_.engines.end(), kind) != spec_.engines.end();
      };
      if (spec_.is_first || spec_.engines.empty() || allows(EngineKind::dense)) dense();
      if (!spec_.is_first) {
        if (allows(EngineKind::activation_sparse)) list_engine(EngineKind::activation_sparse);
        if (allows(EngineKind::grouped_prefix)) list_engine(EngineKind::grouped_prefix);
        if (allows(EngineKind::weight_sparse)) weight_sparse();
        if (allows(EngineKind::pair_sparse)) pair_sparse();
      }
    }
    return std::move(ways_);
  }

 private:
  EngineShape plain(EngineKind kind, int filters) const {
    EngineShape shape;
    shape.kind = kind, shape.filters = filters;
    shape.data_bits = options_.data_bits, shape.weight_bits = options_.weight_bits, shape.sum_bits = options_.sum_bits;
    shape.index_bits = index_bits(spec_.work);
    return shape;
  }

  // Would the window kernel only copy? Then it is not built.
  bool is_bare() const { return spec_.work.window == Window{}; }

  Resources with_queue(const EngineShape& shape, int lanes, int bits) const {
    Resources cost = model_.kernel(shape);
    cost += model_.queue(queue_of(lanes, bits, kQueueDepth));
    return cost;
  }

  Resources line_buffer(EngineKind kind, int in_lanes, int out_lanes, int taps = 1) const {
    EngineShape shape = plain(kind, 1);
    shape.in_lanes = in_lanes, shape.out_lanes = out_lanes, shape.taps = taps;
    shape.rams = memories_of(shape, spec_.work);
    return with_queue(shape, out_lanes, options_.data_bits);
  }

  // A kernel that holds a window: compactor, tile or replay.
  Resources holder(EngineKind kind, int in_lanes, int out_lanes, int out_bits) const {
    EngineShape shape = plain(kind, 1);
    shape.vector_lanes = shape.in_lanes = in_lanes, shape.out_lanes = out_lanes;
    shape.rams = memories_of(shape, spec_.work);
    return with_queue(shape, out_lanes, out_bits);
  }

  // Kernels that carry pixels to copies and back: their cost is a constant and a share of each copy.
  void deal_and_gather(LayerWay& way, int window_lanes) const {
    for (const EngineKind kind : {EngineKind::deal, EngineKind::gather}) {
      const int lanes = kind == EngineKind::deal ? window_lanes : way.shape.out_lanes;
      EngineShape port = plain(kind, 1);
      port.in_lanes = port.out_lanes = lanes;
      Resources one = model_.kernel(port), of_copy = one * -1;
      constexpr int kFurther = 4;
      port.copies = 1 + kFurther;
      of_copy += model_.kernel(port);
      of_copy = of_copy * (1.0 / kFurther);
      way.of_dealing += one;
      way.of_dealt_copy += of_copy;
      way.of_dealt_copy += model_.queue(queue_of(lanes, options_.data_bits, kQueueDepth));
    }
  }

  // Windows reach the engine in beats of `window_lanes`; `once` is what makes them, `front` stands before each copy. Without
  // a front, copies have replay kernels in the place of a window that comes once for each filter group.
  void add(EngineShape shape, Resources once, const Resources& front, int window_lanes, bool has_front) {
    shape.out_lanes = shape.requantised_lanes = shape.filters;
    shape.curve_multipliers = spec_.curve_multipliers;
    LayerWay way{shape, once, front, {}, {}};
    EngineShape engine = shape;
    engine.rams = memories_of(shape, spec_.work, spec_.has_curve_table);
    engine.in_lanes = window_lanes;
    way.of_copy += with_queue(engine, shape.out_lanes, options_.data_bits);
    deal_and_gather(way, window_lanes);
    const bool replays = !has_front && shape.kind != EngineKind::depthwise_dense && shape.filters < spec_.work.output.channels;
    if (replays) way.of_dealt_copy += holder(EngineKind::replay, window_lanes, window_lanes, options_.data_bits);
    if (replays && is_bare() && shape.pixels == 1) way.of_dealing += once * -1;
    const std::int64_t shared = shape.kind == EngineKind::weight_sparse ? spec_.work.pixels() / shape.pixels : spec_.work.pixels();
    way.most_copies = int(std::min<std::int64_t>(options_.most_copies, shared));
    ways_.push_back(std::move(way));
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
          const Resources window = line_buffer(EngineKind::window, lanes * pixels, m, taps);
          for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
            EngineShape shape = plain(EngineKind::dense, o);
            shape.vector_lanes = m, shape.taps = taps, shape.in_lanes = lanes * pixels, shape.pixels = pixels;
            const bool has_window = !is_bare() || pixels > 1 || o < spec_.work.output.channels;
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
        EngineShape shape = plain(EngineKind::depthwise_dense, o);
        shape.vector_lanes = shape.taps = taps, shape.in_lanes = o;
        add(shape, is_bare() ? Resources{} : line_buffer(EngineKind::window, o, o * taps, taps), {}, o * taps, false);
      }
    }
  }

  void list_engine(EngineKind kind) {
    const std::vector<int> groups = kind == EngineKind::grouped_prefix ? std::vector<int>{2, 4, 8} : std::vector<int>{1};
    for (const int lanes : divisors(spec_.work.input.channels, kMostCompactorLanes)) {
      const Resources window = is_bare() ? Resources{} : line_buffer(EngineKind::window, lanes, lanes);
      for (const int g : groups) {
        if (spec_.work.output.channels % g != 0) continue;
        const Resources compactor = holder(EngineKind::compactor, lanes, g > 1 ? 3 : 2, kListBits);
        for (const int o : divisors(spec_.work.output.channels / g, options_.most_filters)) {
          EngineShape shape = plain(kind, o);
          shape.group = shape.prefix = g, shape.in_lanes = lanes;
          add(shape, window, compactor, lanes, true);
        }
      }
    }
  }

  void weight_sparse() {
    const int lanes = largest_divisor(spec_.work.input.channels, 16);
    const Resources window = is_bare() ? Resources{} : line_buffer(EngineKind::window, lanes, lanes);
    const Resources tile = holder(EngineKind::tile, lanes, lanes + 1, options_.data_bits);
    for (const int p : {1, 2, 4, 8, 16}) {
      if (p > spec_.work.pixels()) break;
      for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
        EngineShape shape = plain(EngineKind::weight_sparse, o);
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
      const Resources window = line_buffer(taps > 1 ? EngineKind::taps : EngineKind::window, taps > 1 ? arriving : m, m);
      for (const int n : {1, 2, 3, 4, 6, 8}) {
        if (n >= m) break;
        for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
          EngineShape shape = plain(EngineKind::pair_sparse, o);
          shape.vector_lanes = m, shape.pairs = n, shape.in_lanes = taps > 1 ? arriving : m;
          const bool has_window = !is_bare() || o < spec_.work.output.channels;
          add(shape, has_window ? window : Resources{}, {}, m, false);
        }
      }
    }
  }

  // Lanes divide the channels of every operand.
  void small() {
    const EngineKind kind = small_kind(kind_of(spec_));
    const LayerWork& work = spec_.work;
    const int channels = kind == EngineKind::concat ? std::gcd(work.input.channels, work.output.channels) : work.output.channels;
    const bool requantises = kind != EngineKind::max_pool && kind != EngineKind::concat;
    const bool is_windowed = (kind == EngineKind::max_pool || kind == EngineKind::average_pool) && !is_bare();
    for (const int lanes : divisors(channels, options_.most_filters)) {
      LayerWay way;
      way.shape = plain(kind, 1);
      way.shape.in_lanes = way.shape.out_lanes = lanes, way.shape.requantised_lanes = requantises ? lanes : 0;
      way.shape.curve_multipliers = requantises ? spec_.curve_multipliers : 0;
      EngineShape kernel = way.shape;
      kernel.rams = memories_of(way.shape, work, requantises && spec_.has_curve_table);
      way.once = with_queue(kernel, lanes, options_.data_bits);
      if (is_windowed) way.once += line_buffer(EngineKind::window, lanes, lanes);
      ways_.push_back(std::move(way));
    }
  }

  const LayerSpec& spec_;
  const ResourceModel& model_;
  const MenuOptions& options_;
  std::vector<LayerWay> ways_;
};

bool is_within(const Resources& a, const Resources& b) {
  return a.alms <= b.alms && a.m20k <= b.m20k && a.dsp_blocks <= b.dsp_blocks && a.multipliers <= b.multipliers && a.kernels <= b.kernels;
}

// Drops ways that another one equals or beats in cycles and in every resource, whatever the densities and copies: both
// must be of one kind and treat zeros alike, which the key says.
std::vector<LayerWay> without_dominated(std::vector<LayerWay> ways, const LayerWork& work) {
  struct Rated {
    std::array<int, 5> key;
    double op, floor;  // the multiplier loop, which copies share; streams, which they do not
    std::size_t way;
  };
  std::vector<Rated> rated;
  for (std::size_t w = 0; w < ways.size(); ++w) {
    const EngineShape& s = ways[w].shape;
    const bool is_pair = s.kind == EngineKind::pair_sparse, is_lock_step = is_pair || s.kind == EngineKind::weight_sparse;
    LayerDensity known;  // any figures do: within a key all ways have the same
    known.vector_cycles = known.prefix_cycles = 1;
    const LayerTime time = layer_time(s, work, known);
    const int tile = s.kind == EngineKind::weight_sparse ? s.pixels : 1;
    rated.push_back({{int(s.kind), s.group * 100 + tile, s.pairs, is_pair ? s.vector_lanes : 1, is_lock_step ? s.filters : 1},
                     time.op, std::max({time.in, time.out, time.window}), w});
  }
  std::sort(rated.begin(), rated.end(), [](const Rated& a, const Rated& b) {
    if (a.key != b.key) return a.key < b.key;
    if (a.op != b.op) return a.op < b.op;
    return a.floor != b.floor ? a.floor < b.floor : a.way < b.way;
  });
  std::vector<Rated> kept;
  std::size_t first_of_key = 0;
  for (const Rated& r : rated) {
    if (!kept.empty() && kept.back().key != r.key) first_of_key = kept.size();
    const LayerWay& way = ways[r.way];
    const bool is_dominated = std::any_of(kept.begin() + std::ptrdiff_t(first_of_key), kept.end(), [&](const Rated& other) {
      const LayerWay& o = ways[other.way];
      return other.floor <= r.floor && is_within(o.once, way.once) && is_within(o.of_copy, way.of_copy) && is_within(o.of_dealing, way.of_dealing) &&
             is_within(o.of_dealt_copy, way.of_dealt_copy);
    });
    if (!is_dominated) kept.push_back(r);
  }
  std::vector<LayerWay> left;
  for (const Rated& r : kept) left.push_back(std::move(ways[r.way]));
  return left;
}

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
