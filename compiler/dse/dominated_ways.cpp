// SPDX-License-Identifier: Apache-2.0
// Compares ways under a key that says how they treat zeros (see dominated_ways.hpp).
#include "compiler/dse/dominated_ways.hpp"

#include <algorithm>
#include <array>

#include "compiler/dse/engine_ways.hpp"
#include "compiler/model/layer_time.hpp"

namespace sluice {
namespace {

bool is_within(const Resources& a, const Resources& b) {
  return a.alms <= b.alms && a.m20k <= b.m20k && a.dsp_blocks <= b.dsp_blocks && a.multipliers <= b.multipliers &&
         a.kernels <= b.kernels;
}

}  // namespace

std::vector<LayerWay> without_dominated(std::vector<LayerWay> ways, const LayerWork& work) {
  struct Rated {
    std::array<int, 6> key;
    // Cycles of the loop that copies share, when all codes are zero, and when none is.
    double op, op_without_zeros;
    double window, shared_window;  // line buffer, without and with copies
    double floor;                  // other streams
    std::size_t way;

    bool is_as_fast(const Rated& b) const {
      return op_without_zeros <= b.op_without_zeros && window <= b.window && shared_window <= b.shared_window &&
             floor <= b.floor;
    }
  };
  std::vector<Rated> rated;
  for (std::size_t w = 0; w < ways.size(); ++w) {
    const EngineShape& s = ways[w].shape;
    LayerDensity known;  // any figures do: within a key all ways have the same
    known.vector_cycles = known.prefix_cycles = 1;
    LayerDensity many = known;
    many.activation = 0;
    const LayerTime time = layer_time(s, work, known);
    EngineShape dealt = s;
    dealt.copies = 2;
    const double shared_window = layer_time(dealt, work, known).window;
    const auto zeros = is_engine(s.kind) ? engine_ways(s.kind).zero_numbers.get()(s) : std::array{101, 1, 1, 1};
    rated.push_back({{int(s.kind), zeros[0], zeros[1], zeros[2], zeros[3], s.sends_sums},
                     layer_time(s, work, many).op,
                     time.op,
                     time.window,
                     shared_window,
                     std::max(time.in, time.out),
                     w});
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
    const bool is_dominated =
        std::any_of(kept.begin() + std::ptrdiff_t(first_of_key), kept.end(), [&](const Rated& other) {
          const LayerWay& o = ways[other.way];
          return other.is_as_fast(r) && is_within(o.once, way.once) && is_within(o.per_copy, way.per_copy) &&
                 is_within(o.dealing, way.dealing) && is_within(o.per_dealt_copy, way.per_dealt_copy);
        });
    if (!is_dominated) kept.push_back(r);
  }
  std::vector<LayerWay> left;
  for (const Rated& r : kept) left.push_back(std::move(ways[r.way]));
  return left;
}

}  // namespace sluice
