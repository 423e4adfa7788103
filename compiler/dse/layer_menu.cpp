// SPDX-License-Identifier: Apache-2.0
// See layer_menu.hpp.
#include "compiler/dse/layer_menu.hpp"

#include <algorithm>
#include <array>

#include "compiler/model/engine_memories.hpp"

namespace sluice {
namespace {

constexpr int kQueueDepth = 16;
constexpr int kListBits = 16;        // a list entry's lanes: code, place
constexpr int kMostCompactorLanes = 8;  // its network grows faster than M

// Numbers whose quotient differs: the smallest O for each count of groups, thinned to about six a decade.
std::vector<int> group_sizes(int filters, int most) {
  std::vector<int> sizes;
  for (int groups = 1; groups <= filters; groups = groups < 4 ? groups + 1 : groups * 4 / 3) {
    const int size = (filters + groups - 1) / groups;
    if (size <= most && (sizes.empty() || size != sizes.back())) sizes.push_back(size);
  }
  if (sizes.empty() || sizes.back() != 1) sizes.push_back(1);
  return sizes;
}

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
    return shape;
  }

  Resources line_buffer(EngineKind kind, int in_lanes, int out_lanes) const {
    EngineShape shape = plain(kind, 1);
    shape.in_lanes = in_lanes, shape.out_lanes = out_lanes;
    shape.rams = memories_of(shape, spec_.work);
    Resources cost = model_.kernel(shape);
    cost += model_.queue(queue_of(out_lanes, options_.data_bits, kQueueDepth));
    return cost;
  }

  // Adds the engine with all its filters requantised at once, and, where sharing is allowed, with fewer.
  void add(EngineShape shape, const Resources& once, const Resources& per_copy) {
    std::vector<int> lanes{shape.filters};
    if (options_.shares_requantisers) {
      if (shape.filters > 4) lanes.push_back(shape.filters / 4);
      if (shape.filters > 1) lanes.push_back(1);
    }
    for (const int out : lanes) {
      LayerWay way{shape, once, per_copy, {}};
      way.shape.out_lanes = way.shape.requantised_lanes = out;
      way.shape.rams = memories_of(way.shape, spec_.work);
      way.of_copy += model_.kernel(way.shape);
      way.of_copy += model_.queue(queue_of(out, options_.data_bits, kQueueDepth));
      for (const EngineKind kind : {EngineKind::deal, EngineKind::gather}) {
        EngineShape port = plain(kind, 1);
        port.in_lanes = port.out_lanes = kind == EngineKind::deal ? way.shape.in_lanes : out;
        way.of_dealing += model_.kernel(port);
      }
      way.shape.rams.clear();
      ways_.push_back(std::move(way));
    }
  }

  void dense() {
    const int channels = spec_.work.input.channels;
    std::vector<int> lanes = divisors(channels, options_.most_vector_lanes);
    if (spec_.is_first) lanes.push_back(int(spec_.work.window_codes()));
    for (const int m : lanes) {
      for (const int pixels : spec_.is_first && m == lanes.back() ? std::vector<int>{1, 2, 4} : std::vector<int>{1}) {
        const int in_lanes = std::min(m, channels) * pixels;
        const Resources window = line_buffer(EngineKind::window, in_lanes, m);
        for (const int o : group_sizes(spec_.work.output.channels, options_.most_filters)) {
          EngineShape shape = plain(EngineKind::dense, o);
          shape.vector_lanes = m, shape.in_lanes = in_lanes, shape.pixels = pixels;
          add(shape, {}, window);
        }
      }
    }
  }

  void depthwise() {
    for (const int o : divisors(spec_.work.output.channels, options_.most_filters)) {
      EngineShape shape = plain(EngineKind::depthwise_dense, o);
      shape.in_lanes = o;
      add(shape, {}, line_buffer(EngineKind::window, o, o));
    }
  }

  void list_engine(EngineKind kind) {
    const std::vector<int> groups = kind == EngineKind::grouped_prefix ? std::vector<int>{2, 4, 8} : std::vector<int>{1};
    for (const int lanes : divisors(spec_.work.input.channels, kMostCompactorLanes)) {
      EngineShape compactor = plain(EngineKind::compactor, 1);
      compactor.vector_lanes = compactor.in_lanes = lanes, compactor.out_lanes = 2;
      compactor.rams = memories_of(compactor, spec_.work);
      Resources per_copy = model_.kernel(compactor);
      per_copy += model_.queue(queue_of(2, kListBits, kQueueDepth));
      const Resources window = line_buffer(EngineKind::window, lanes, lanes);
      for (const int g : groups) {
        const int filters = (spec_.work.output.channels + g - 1) / g;
        for (const int o : group_sizes(filters, options_.most_filters)) {
          EngineShape shape = plain(kind, o);
          shape.group = shape.prefix = g, shape.in_lanes = lanes;
          add(shape, window, per_copy);
        }
      }
    }
  }

  void weight_sparse() {
    const int lanes = largest_divisor(spec_.work.input.channels, 16);
    const Resources window = line_buffer(EngineKind::window, lanes, lanes);
    for (const int p : {1, 2, 4, 8, 16}) {
      if (p > spec_.work.pixels()) break;
      for (const int o : group_sizes(spec_.work.output.channels, options_.most_filters)) {
        EngineShape shape = plain(EngineKind::weight_sparse, o);
        shape.pixels = p, shape.in_lanes = lanes;
        add(shape, window, {});
      }
    }
  }

  void pair_sparse() {
    const int taps = int(spec_.work.taps()), channels = spec_.work.input.channels;
    const std::vector<int> lanes = taps > 1 ? std::vector<int>{taps} : divisors(channels, 32);
    for (const int m : lanes) {
      if (m < 4) continue;
      const Resources window = line_buffer(taps > 1 ? EngineKind::taps : EngineKind::window, taps > 1 ? 1 : m, m);
      for (const int n : {1, 2, 3, 4, 6, 8}) {
        if (n >= m) break;
        for (const int o : group_sizes(spec_.work.output.channels, options_.most_filters)) {
          EngineShape shape = plain(EngineKind::pair_sparse, o);
          shape.vector_lanes = m, shape.pairs = n, shape.in_lanes = taps > 1 ? 1 : m;
          add(shape, {}, window);
        }
      }
    }
  }

  void small() {
    const int channels = std::max(1, std::min(spec_.work.input.channels, spec_.work.output.channels));
    const EngineKind kind = small_kind(kind_of(spec_));
    const bool requantises = kind != EngineKind::max_pool && kind != EngineKind::concat;
    for (const int lanes : divisors(channels, options_.most_filters)) {
      LayerWay way;
      way.shape = plain(kind, 1);
      way.shape.in_lanes = way.shape.out_lanes = lanes, way.shape.requantised_lanes = requantises ? lanes : 0;
      way.shape.rams = memories_of(way.shape, spec_.work);
      way.once = model_.kernel(way.shape);
      way.shape.rams.clear();
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
      return other.floor <= r.floor && is_within(o.once, way.once) && is_within(o.of_copy, way.of_copy) && is_within(o.of_dealing, way.of_dealing);
    });
    if (!is_dominated) kept.push_back(r);
  }
  std::vector<LayerWay> left;
  for (const Rated& r : kept) left.push_back(std::move(ways[r.way]));
  return left;
}

}  // namespace

Resources LayerWay::cost(int copies) const {
  Resources all = once;
  all += of_copy * copies;
  if (copies > 1) all += of_dealing;
  return all;
}

LayerMenu layer_menu(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options) {
  const bool multiplies = kind_of(spec) == LayerKind::conv || kind_of(spec) == LayerKind::depthwise;
  const auto pixels = spec.work.pixels();
  return {spec, without_dominated(MenuWriter(spec, model, options).write(), spec.work), multiplies ? int(std::min<std::int64_t>(options.most_copies, pixels)) : 1};
}

}  // namespace sluice
