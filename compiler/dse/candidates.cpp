// SPDX-License-Identifier: Apache-2.0
// See candidates.hpp.
#include "compiler/dse/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "compiler/dse/engine_ways.hpp"
#include "compiler/model/engine_model.hpp"

namespace sluice {
namespace {

// Keeps the figures of a density that take long, for as many ways as share them.
class KnownCycles {
 public:
  KnownCycles(const LayerMenu& menu, const LayerDensity& given)
      : work_(menu.spec.work), given_(given), density_(given) {}

  // For this shape.
  const LayerDensity& density(EngineShape* shape) {
    shape->prefix = std::max(1, int(std::ceil(shape->group * given_.group_kept - 1e-9)));
    if (!is_engine(shape->kind)) return density_;
    const auto zeros = engine_ways(shape->kind).zero_numbers.get()(*shape);
    const std::array<int, 5> key{int(shape->kind), zeros[0], zeros[1], zeros[2], zeros[3]};
    if (key == last_) return density_;  // ways come sorted by these
    last_ = key;
    const auto [known, is_new] = known_.try_emplace(key);
    if (is_new) known->second = engine_model(shape->kind).zero_cycles.get()(*shape, work_, given_);
    density_.prefix_cycles = known->second.prefix;
    density_.vector_cycles = known->second.vector;
    return density_;
  }

 private:
  const LayerWork& work_;
  const LayerDensity& given_;
  LayerDensity density_;
  std::map<std::array<int, 5>, ZeroCycles> known_;
  std::array<int, 5> last_{-1};
};

// Beats or equals in everything.
bool beats(const Candidate& a, const Candidate& b) {
  if (a.cycles > b.cycles) return false;
  for (std::size_t r = 0; r < kLimits; ++r) {
    if (is_merit(r) && a.shares[r] > b.shares[r]) return false;
  }
  return true;
}

class Front {
 public:
  void offer(const Candidate& candidate) {
    for (std::size_t i = 0; i < front_.size(); ++i) {
      if (!beats(front_[i], candidate)) continue;
      std::swap(front_[i], front_[i / 2]);
      return;
    }
    std::erase_if(front_, [&](const Candidate& other) { return beats(candidate, other); });
    front_.push_back(candidate);
  }

  std::vector<Candidate> sorted() && {
    std::sort(front_.begin(), front_.end(), [](const Candidate& a, const Candidate& b) {
      if (a.cycles != b.cycles) return a.cycles < b.cycles;
      if (a.way != b.way) return a.way < b.way;
      return a.copies != b.copies ? a.copies < b.copies : a.level < b.level;
    });
    return std::move(front_);
  }

 private:
  std::vector<Candidate> front_;
};

}  // namespace

double priced(const Shares& shares, const Shares& weights) {
  double price = 0;
  for (std::size_t r = 0; r < kLimits; ++r) price += weights[r] * shares[r];
  return price;
}

LayerTable::LayerTable(const LayerMenu& menu, const LayerLevels& levels, const Resources& budget, double natural_share,
                       double most_natural)
    : hurry_(menu.spec.hurry), natural_share_(natural_share), most_natural_(most_natural) {
  std::vector<std::size_t> by_loss;  // levels that the budget can lose
  for (std::size_t v = 0; v < levels.size(); ++v)
    if (v == 0 || levels[v].loss <= budget.loss) by_loss.push_back(v);
  std::stable_sort(by_loss.begin(), by_loss.end(),
                   [&](std::size_t a, std::size_t b) { return levels[a].loss < levels[b].loss; });
  std::vector<KnownCycles> known;  // of those, in that order
  for (const std::size_t v : by_loss) known.emplace_back(menu, levels[v].density);
  ways_.reserve(menu.ways.size());
  for (std::size_t w = 0; w < menu.ways.size(); ++w) {
    const LayerWay& way = menu.ways[w];
    double natural_op = 0, least_op = std::numeric_limits<double>::infinity();
    for (std::size_t n = 0; n < by_loss.size(); ++n) {
      const std::size_t v = by_loss[n];
      const ThresholdLevel& level = levels[v];
      if (!level.is_for(way.shape.kind, way.shape.group)) continue;
      EngineShape shape = way.shape;
      const LayerDensity& given = known[n].density(&shape);
      const LayerTime single = layer_time(shape, menu.spec.work, given);
      if (v == 0) natural_op = single.op;
      if (single.op >= least_op) continue;  // loses more and saves nothing
      least_op = single.op;
      LayerTime dealt = single;
      if (way.most_copies > 1) {
        shape.copies = 2;
        dealt = layer_time(shape, menu.spec.work, given);
        dealt.op = single.op;
      }
      LayerTime streams = dealt;
      streams.op = 0;
      Shares once = shares_of(way.once, budget);
      once[kLossLimit] = budget.loss > 0 ? level.loss / budget.loss : 0;
      ways_.push_back({single, dealt, streams.interval(), natural_op,
                       double(std::max<std::int64_t>(1, work_units(shape, menu.spec.work))), once,
                       shares_of(way.per_copy, budget), shares_of(way.dealing, budget),
                       shares_of(way.per_dealt_copy, budget), way.most_copies, int(w), int(v)});
    }
  }
}

LayerTable::Prices LayerTable::prices(std::size_t entry, const Shares& weights) const {
  const Way& w = ways_[entry];
  const double once = priced(w.once, weights), per_copy = priced(w.per_copy, weights);
  return {once + per_copy, once + priced(w.dealing, weights), per_copy + priced(w.per_dealt_copy, weights)};
}

Shares LayerTable::shares(std::size_t entry, int copies) const {
  const Way& w = ways_[entry];
  Shares all;
  for (std::size_t r = 0; r < kLimits; ++r)
    all[r] = w.once[r] + w.per_copy[r] * copies + (copies > 1 ? w.dealing[r] + w.per_dealt_copy[r] * copies : 0);
  return all;
}

std::vector<Candidate> LayerTable::front(double low, double high) const {
  Front front;
  for_each([&](std::size_t entry, int copies, double cycles) {
    if (cycles > high || std::isinf(cycles)) return;
    const Candidate candidate{std::max(low, cycles), cycles / hurry_, shares(entry, copies), way(entry), copies,
                              level(entry)};
    if (copies == 1 || fullest(candidate.shares) <= 1) front.offer(candidate);
  });
  return std::move(front).sorted();
}

std::vector<Candidate> front_of(std::span<const std::vector<Candidate>* const> fronts) {
  Front front;
  for (const std::vector<Candidate>* one : fronts)
    for (const Candidate& candidate : *one) front.offer(candidate);
  return std::move(front).sorted();
}

std::vector<TimedWay> timed_ways(const LayerMenu& menu, const LayerLevels& levels, const Resources& budget,
                                 double natural_share, double most_loss) {
  std::vector<TimedWay> all;
  const LayerTable table(menu, levels, budget, natural_share);
  table.for_each([&](std::size_t entry, int copies, double cycles) {
    if (levels[std::size_t(table.level(entry))].loss > most_loss) return;
    if (copies == 1 || fullest(table.shares(entry, copies)) <= 1)
      all.push_back({cycles, table.own(cycles), table.way(entry), copies, table.level(entry)});
  });
  std::stable_sort(all.begin(), all.end(), [](const TimedWay& a, const TimedWay& b) { return a.cycles < b.cycles; });
  return all;
}

double LayerTable::least_cycles() const {
  double least = std::numeric_limits<double>::infinity();
  for_each([&](std::size_t, int, double cycles) { least = std::min(least, cycles); });
  return least;
}

}  // namespace sluice
