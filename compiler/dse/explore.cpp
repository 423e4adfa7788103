// SPDX-License-Identifier: Apache-2.0
// Bisection on the interval inside rounds of prices (see explore.hpp).
#include "compiler/dse/explore.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "compiler/dse/bracket.hpp"
#include "compiler/dse/packing.hpp"
#include "device/contract/wire.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr int kRounds = 12;
constexpr double kDear = 4;            // times its price, for a resource to be spared
constexpr int kMostPackings = 14;      // intervals that are tried at last
constexpr double kNearEnough = 1.003;  // of an interval to one that is too short

// The staircase of a layer under given weights: steps[i] is the cheapest candidate with at most its cycles or fewer,
// prices falling as cycles grow.
struct Step {
  double cycles;
  std::size_t candidate;
};

void staircase(const std::vector<Candidate>& all, const Shares& weights, std::vector<Step>* steps) {
  steps->clear();
  double cheapest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double price = priced(all[i].shares, weights);
    if (price >= cheapest) continue;
    cheapest = price;
    if (!steps->empty() && steps->back().cycles == all[i].cycles)
      steps->back().candidate = i;
    else
      steps->push_back({all[i].cycles, i});
  }
}

class Explorer {
 public:
  Explorer(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels, const Resources& budget,
           const ExploreGoal& goal)
      : menus_(menus), budget_(budget), goal_(goal), fixed_(shares_of(goal.fixed, budget)), steps_(menus.size()) {
    tables_.reserve(menus.size());
    for (std::size_t l = 0; l < menus.size(); ++l)
      tables_.emplace_back(menus[l], levels[l], budget, goal.natural_share);
  }

  DesignResult<Exploration> run() {
    for (std::size_t r = 0; r < kLimits; ++r) weights_[r] = is_merit(r) && budget_.*kLimitTable[r].part > 0;
    if (has_target() && goal_.least_interval > goal_.target_interval) return refusal();
    double low = goal_.target_interval, high = low;
    if (!has_target()) {
      const Bracket near = bracket(tables_, fixed_, weights_);
      low = std::max(near.low, goal_.least_interval), high = std::max(near.high, low), weights_ = near.weights;
    }
    for (const LayerTable& table : tables_) candidates_.push_back(table.front(low, high));
    spans_.assign(candidates_.begin(), candidates_.end());
    if (std::any_of(candidates_.begin(), candidates_.end(), [](const auto& all) { return all.empty(); }))
      return refusal();
    for (int round = 0; round < kRounds; ++round) {
      set_prices(weights_);
      Shares full = has_target() ? keep(goal_.target_interval) : bisect();
      charge_while_short(&full);
      if (!has_target() && !chosen_.empty() && round >= kRounds / 2)
        while (repair_cheapest()) {
        }
      update_prices(full, round, &weights_);
    }
    if (chosen_.empty()) return refusal();
    if (!has_target()) {
      repair_everywhere();
      tighten(low);
    }
    return answer();
  }

 private:
  bool has_target() const { return goal_.target_interval > 0; }

  // At a target rate nothing is won by fewer kernels: they are a limit, but no figure of merit. MLABs never are.
  bool is_scored(std::size_t limit) const { return is_merit(limit) && (limit != kKernelLimit || !has_target()); }
  double fullness(const Shares& shares) const {
    double most = 0;
    for (std::size_t r = 0; r < kLimits; ++r) {
      if (is_scored(r)) most = std::max(most, shares[r]);
    }
    return most;
  }

  // So these cost something only while there are too many.
  void charge_while_short(Shares* full) {
    for (std::size_t r = 0; r < kLimits; ++r) {
      if (is_scored(r)) continue;
      const bool is_short = (*full)[r] > 1;
      (*full)[r] = is_short ? 2 * fullness(*full) : 0;
      if (is_short && weights_[r] == 0) weights_[r] = *std::max_element(weights_.begin(), weights_.end());
    }
  }

  void set_prices(const Shares& weights) {
    weights_ = weights;
    for (std::size_t l = 0; l < steps_.size(); ++l) staircase(candidates_[l], weights_, &steps_[l]);
  }

  // The design for an interval; false: a layer has no way that fast.
  bool choose(double interval, std::vector<std::size_t>* picks, Shares* sum) const {
    *sum = fixed_;
    picks->clear();
    for (std::size_t l = 0; l < steps_.size(); ++l) {
      const auto after = std::upper_bound(steps_[l].begin(), steps_[l].end(), interval,
                                          [](double i, const Step& s) { return i < s.cycles; });
      if (after == steps_[l].begin()) return false;
      picks->push_back(std::prev(after)->candidate);
      for (std::size_t r = 0; r < kLimits; ++r) (*sum)[r] += candidates_[l][picks->back()].shares[r];
    }
    return true;
  }

  double interval_of(const std::vector<std::size_t>& picks) const {
    double interval = 0;
    for (std::size_t l = 0; l < picks.size(); ++l) interval = std::max(interval, candidates_[l][picks[l]].cycles);
    return interval;
  }

  // Remembers a design when it is better than the best so far. For a target: the emptiest; else: the fastest.
  void offer(const std::vector<std::size_t>& picks, const Shares& sum) {
    if (fullest(sum) < emptiest_) emptiest_ = fullest(sum), emptiest_shares_ = sum;
    if (fullest(sum) > kFullShare) return;
    const double interval = interval_of(picks);
    const double full = fullness(sum);
    const bool is_better =
        has_target() ? full < best_full_ : std::make_pair(interval, full) < std::make_pair(best_interval_, best_full_);
    if (chosen_.empty() || is_better)
      chosen_ = picks, best_interval_ = interval, best_full_ = full, best_weights_ = weights_;
  }

  Shares keep(double interval) {
    std::vector<std::size_t> picks;
    Shares sum;
    if (!choose(interval, &picks, &sum)) return fixed_;
    offer(picks, sum);
    return sum;
  }

  // Smallest interval that fits under the present prices; returns the shares there.
  Shares bisect() {
    std::vector<double> intervals;
    for (const auto& steps : steps_) {
      for (const Step& step : steps) intervals.push_back(step.cycles);
    }
    std::sort(intervals.begin(), intervals.end());
    intervals.erase(std::unique(intervals.begin(), intervals.end()), intervals.end());
    std::vector<std::size_t> picks;
    Shares sum = fixed_, at_edge = fixed_;
    std::size_t low = 0, high = intervals.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (!choose(intervals[middle], &picks, &sum)) {
        low = middle + 1;
        continue;
      }
      offer(picks, sum);
      at_edge = sum;
      if (fullest(sum) <= kFullShare)
        high = middle;
      else
        low = middle + 1;
    }
    return at_edge;
  }

  // Prices reach only the convex front. So the next smaller interval is tried beyond them. It starts from these picks,
  // all faster than the best design and a little too large. Layer by layer the exchange is made that frees most of what
  // is short. True: that fitted.
  bool repair(std::vector<std::size_t> picks, Shares sum) {
    if (picks.size() != candidates_.size()) return false;
    if (!exchange_until_it_fits(spans_, best_interval_, &picks, &sum)) return false;
    const double before = best_interval_;
    offer(picks, sum);
    return best_interval_ < before;
  }

  // From the best design, and from those that spare one resource after the other.
  void repair_everywhere() {
    while (repair_best()) {
    }
    const Shares best = best_weights_;
    for (std::size_t r = 0; r < kLimits; ++r) {
      Shares dear = best;
      dear[r] *= kDear;
      if (dear[r] == 0) continue;
      set_prices(dear);
      while (repair_cheapest()) {
      }
    }
  }

  // Bisection on the interval once more, with prices that are learnt for each; `low`: no design is faster.
  void tighten(double low) {
    for (int p = 0; p < kMostPackings && best_interval_ > kNearEnough * low; ++p) {
      const double interval = std::sqrt(low * best_interval_);
      Packing packing = pack(spans_, interval, fixed_, best_weights_);
      weights_ = packing.weights;
      const double before = best_interval_;
      if (!packing.is_proven) repair(std::move(packing.picks), packing.sum);
      if (best_interval_ == before) low = interval;
    }
  }

  // Under the present prices.
  bool repair_cheapest() {
    std::vector<std::size_t> picks;
    Shares sum;
    return choose(std::nextafter(best_interval_, 0), &picks, &sum) && repair(picks, sum);
  }

  // The best design, its slow layers made faster.
  bool repair_best() {
    std::vector<std::size_t> picks = chosen_;
    Shares sum = fixed_;
    for (std::size_t l = 0; l < picks.size(); ++l) {
      while (picks[l] > 0 && candidates_[l][picks[l]].cycles >= best_interval_) --picks[l];
      if (candidates_[l][picks[l]].cycles >= best_interval_) return false;
      for (std::size_t r = 0; r < kLimits; ++r) sum[r] += candidates_[l][picks[l]].shares[r];
    }
    return repair(picks, sum);
  }

  NoDesign refusal() const {
    if (has_target() && goal_.least_interval > goal_.target_interval)
      return memory_too_slow(goal_.least_interval, goal_.target_interval);
    double least = 0;
    for (const LayerTable& table : tables_) least = std::max(least, table.least_cycles());
    if (least > goal_.target_interval && has_target()) {
      return {{{"cycles an image", least, goal_.target_interval}},
              fmt::format("{:.0f} cycles an image are asked for; the fastest way of the slowest layer takes {:.0f}",
                          goal_.target_interval, least)};
    }
    Resources smallest;
    for (std::size_t r = 0; r < kLimits; ++r)
      smallest.*kLimitTable[r].part = emptiest_shares_[r] * budget_.*kLimitTable[r].part;
    return no_design(uses_of(smallest, budget_), "found");
  }

  Exploration answer() const {
    Exploration result;
    result.total = goal_.fixed;
    result.interval_cycles = goal_.least_interval;
    result.weights = best_weights_;
    for (std::size_t l = 0; l < chosen_.size(); ++l) {
      const Candidate& pick = candidates_[l][chosen_[l]];
      const LayerWay& way = menus_[l].ways[std::size_t(pick.way)];
      ChosenLayer layer{way.shape, pick.own_cycles, pick.level, way.cost(pick.copies)};
      layer.cost.loss = pick.shares[kLossLimit] * budget_.loss;
      layer.shape.copies = pick.copies;
      result.total += layer.cost;
      if (layer.cycles > result.interval_cycles) result.interval_cycles = layer.cycles, result.slowest = int(l);
      result.layers.push_back(std::move(layer));
    }
    return result;
  }

  const std::vector<LayerMenu>& menus_;
  const Resources& budget_;
  const ExploreGoal& goal_;
  const Shares fixed_;
  std::vector<LayerTable> tables_;
  std::vector<std::vector<Candidate>> candidates_;
  std::vector<std::span<const Candidate>> spans_;  // of them, once they are all there
  std::vector<std::vector<Step>> steps_;
  std::vector<std::size_t> chosen_;
  Shares weights_{}, best_weights_{};  // prices: now, and of the best design
  double best_interval_ = 0, best_full_ = 0;
  double emptiest_ = std::numeric_limits<double>::infinity();
  Shares emptiest_shares_{};
};

}  // namespace

DesignResult<Exploration> explore(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
                                  const Resources& budget, const ExploreGoal& goal) {
  if (menus.size() != levels.size()) return bug_error("explore() needs levels of every layer");
  for (const LayerMenu& menu : menus) {
    if (menu.ways.empty())
      return user_error("{}: none of the allowed engines can compute this layer; allow dense", menu.spec.work.name);
  }
  return Explorer(menus, levels, budget, goal).run();
}

}  // namespace sluice
