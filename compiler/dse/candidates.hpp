// SPDX-License-Identifier: Apache-2.0
// LayerTable: a layer's ways under given densities, as numbers that are walked many times; Candidate: a way with
// copies, at one of the layer's threshold levels.
//
// Why: a menu has a thousand ways, with copies ten thousand, and a search walks them for every set of prices. For any
// prices the best ones lie on the front of cycles and resources. Of that only what is near the interval searched for
// matters (bracket.hpp says what is near): a few dozen. The idea: the front is collected once, the interval's limits
// being known. Most candidates lose against one of a few good ones, so those that beat others lately are compared first
// (block nested loops with a self-organising window; Boerzsoenyi, Kossmann and Stocker, "The Skyline Operator", ICDE
// 2001).
//
// Cycles of a way at a level count as many as its thresholds leave, but not fewer than `natural_share` times the cycles
// without thresholds. So one interval stands for both ends of a design table: the fast row gets it, and the densest row
// takes at most 1 / natural_share of it.
//
// Whoever knows how slow the densest row may be says that in cycles: a slower way then takes forever.
//
// Before: a menu with ways; a budget, in which a figure of 0 is no limit. After: see each function.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "compiler/dse/layer_menu.hpp"
#include "compiler/dse/threshold_levels.hpp"
#include "compiler/target/limits.hpp"

namespace sluice {

// MLABs are ALMs, and paid for as such: their number is a limit of designs, no price by itself and no merit of a
// candidate.
inline constexpr bool is_merit(std::size_t limit) { return limit != kMlabLimit; }

double priced(const Shares& shares, const Shares& weights);

struct Candidate {
  double cycles = 0;      // interval of the layer, times its hurry, at least the search's lower limit
  double own_cycles = 0;  // without both
  Shares shares{};
  int way = 0, copies = 1, level = 0;
};

// A way with a number of copies, its cycles known.
struct TimedWay {
  double cycles = 0;  // times the layer's hurry
  double own_cycles = 0;
  int way = 0, copies = 1, level = 0;
};

// All that bring something and keep the budget, in the order of their cycles; levels that lose at most `most_loss`.
std::vector<TimedWay> timed_ways(const LayerMenu& menu, const LayerLevels& levels, const Resources& budget,
                                 double natural_share, double most_loss);

class LayerTable {
 public:
  // `most_natural`: cycles that the layer may take without thresholds.
  LayerTable(const LayerMenu& menu, const LayerLevels& levels, const Resources& budget, double natural_share,
             double most_natural = std::numeric_limits<double>::infinity());

  // Calls fn(entry, copies, cycles times hurry) for every number of copies that brings something; those of an entry, a
  // way at a level, in a row, ascending.
  template <typename Fn>
  void for_each(Fn fn) const {
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      const Way& way = ways_[w];
      double last = counted(way.single, way.natural_op);
      fn(w, 1, last * hurry_);
      LayerTime time = way.dealt;
      for (int copies = 2; copies <= way.most_copies; ++copies) {
        const double share = std::ceil(way.units / copies) / way.units;
        time.op = way.dealt.op * share;
        const double cycles = counted(time, way.natural_op * share);
        if (cycles >= last) {
          if (cycles <= way.floor) break;  // streams bind: more copies bring nothing
          continue;
        }
        last = cycles;
        fn(w, copies, cycles * hurry_);
      }
    }
  }

  // An entry's price without copies, and with: single; dealt + copies * per_copy.
  struct Prices {
    double single, dealt, per_copy;
  };
  Prices prices(std::size_t entry, const Shares& weights) const;
  Shares shares(std::size_t entry, int copies) const;
  int way(std::size_t entry) const { return ways_[entry].way; }
  int level(std::size_t entry) const { return ways_[entry].level; }

  // The front of the candidates that the budget can hold, in the order of cycles: none above `high`; below `low` all
  // count alike.
  std::vector<Candidate> front(double low, double high) const;
  double least_cycles() const;
  double own(double cycles) const { return cycles / hurry_; }

 private:
  struct Way {
    LayerTime single;   // without copies
    LayerTime dealt;    // with copies, as if one did all the work
    double floor;       // of the streams that copies share
    double natural_op;  // of the loop without thresholds, as if one did all the work
    double units;       // that copies share out
    Shares once, per_copy, dealing, per_dealt_copy;
    int most_copies;
    int way, level;
  };

  // Streams do not depend on densities.
  double counted(LayerTime time, double natural_op) const {
    const double cycles = time.interval();
    time.op = natural_op;
    const double natural = time.interval();
    if (natural > most_natural_) return std::numeric_limits<double>::infinity();
    return std::max(cycles, natural_share_ * natural);
  }

  std::vector<Way> ways_;
  double hurry_ = 1, natural_share_ = 1, most_natural_ = 0;
};

// The front of several, in the order of cycles.
std::vector<Candidate> front_of(std::span<const std::vector<Candidate>* const> fronts);

}  // namespace sluice
