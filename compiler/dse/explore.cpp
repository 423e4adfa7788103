// SPDX-License-Identifier: Apache-2.0
// Bisection on the interval inside rounds of prices (see explore.hpp).
#include "compiler/dse/explore.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace sluice {

const char* const kBudgetedNames[kBudgeted] = {"ALMs", "RAM blocks", "DSP blocks", "multipliers", "kernels"};

Shares shares_of(const Resources& r, const Resources& budget) {
  const auto share_or_none = [](double used, double limit) { return limit > 0 ? used / limit : 0; };
  return {r.alms / std::max(1.0, budget.alms), r.m20k / std::max(1.0, budget.m20k), r.dsp_blocks / std::max(1.0, budget.dsp_blocks),
          share_or_none(r.multipliers, budget.multipliers), share_or_none(r.kernels, budget.kernels)};
}

namespace {

constexpr int kResources = kBudgeted;
constexpr int kRounds = 12;
constexpr double kCheapAtStart = 0.1;
constexpr double kMostKernels = 240;  // of a bundle

double fullest(const Shares& shares) { return *std::max_element(shares.begin(), shares.end()); }

struct Candidate {
  double cycles = 0;
  Shares shares{};
  int way = 0, copies = 1;
};

}  // namespace

std::vector<TimedWay> timed_ways(const LayerMenu& menu, const LayerDensity& given, const Resources& budget) {
  std::vector<TimedWay> all;
  LayerDensity density = given;
  std::map<std::array<int, 4>, double> known;  // ways differ in P or lanes with the same vectors and prefixes
  for (std::size_t w = 0; w < menu.ways.size(); ++w) {
    EngineShape shape = menu.ways[w].shape;
    shape.prefix = std::max(1, int(std::ceil(shape.group * density.group_kept - 1e-9)));
    if (shape.kind == EngineKind::pair_sparse || shape.kind == EngineKind::weight_sparse) {
      const bool is_pair = shape.kind == EngineKind::pair_sparse;
      const auto [at, is_new] = known.try_emplace({int(is_pair), shape.vector_lanes, shape.pairs, shape.filters}, 0.0);
      if (is_new) at->second = is_pair ? vector_cycles(shape, given) : prefix_cycles(shape, menu.spec.work, given);
      (is_pair ? density.vector_cycles : density.prefix_cycles) = at->second;
    }
    LayerTime time = layer_time(shape, menu.spec.work, density);
    const double op = time.op;
    const std::int64_t units = std::max<std::int64_t>(1, work_units(shape, menu.spec.work));
    double last = std::numeric_limits<double>::infinity();
    for (int copies = 1; copies <= menu.ways[w].most_copies; ++copies) {
      shape.copies = copies;
      if (copies <= 2) time.window = window_cycles(shape, menu.spec.work);  // with copies it is the same for any number
      time.op = op * double((units + copies - 1) / copies) / double(units);
      const double cycles = time.interval();
      if (cycles >= last) continue;  // another copy that brings nothing
      last = cycles;
      if (copies > 1 && fullest(shares_of(menu.ways[w].cost(copies), budget)) > 1) break;
      all.push_back({cycles, int(w), copies});
      if (copies > 1 && time.op <= std::max({time.in, time.out, time.window})) break;
    }
  }
  std::sort(all.begin(), all.end(), [](const TimedWay& a, const TimedWay& b) {
    if (a.cycles != b.cycles) return a.cycles < b.cycles;
    return a.way != b.way ? a.way < b.way : a.copies < b.copies;
  });
  return all;
}

namespace {

std::vector<Candidate> candidates_of(const LayerMenu& menu, const LayerDensity& density, const Resources& budget) {
  std::vector<Candidate> all;
  for (const TimedWay& t : timed_ways(menu, density, budget)) {
    all.push_back({t.cycles, shares_of(menu.ways[std::size_t(t.way)].cost(t.copies), budget), t.way, t.copies});
  }
  return all;
}

// The staircase of a layer under given weights: steps[i] is the cheapest candidate with at most its cycles or fewer, prices
// falling as cycles grow.
struct Step {
  double cycles;
  std::size_t candidate;
};

std::vector<Step> staircase(const std::vector<Candidate>& all, const Shares& weights) {
  std::vector<Step> steps;
  double cheapest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < all.size(); ++i) {
    double price = 0;
    for (int r = 0; r < kResources; ++r) price += weights[r] * all[i].shares[r];
    if (price >= cheapest) continue;
    cheapest = price;
    if (!steps.empty() && steps.back().cycles == all[i].cycles) steps.back().candidate = i;
    else steps.push_back({all[i].cycles, i});
  }
  return steps;
}

class Explorer {
 public:
  Explorer(const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities, const Resources& budget, const ExploreGoal& goal)
      : menus_(menus), budget_(budget), goal_(goal), fixed_(shares_of(goal.fixed, budget)) {
    for (std::size_t l = 0; l < menus.size(); ++l) candidates_.push_back(candidates_of(menus[l], densities[l], budget));
  }

  Result<Exploration> run() {
    // Prices settle near where they start, so they start with every resource equal, then with each one the dearest.
    for (int start = 0; start <= kResources; ++start) {
      weights_.fill(start == 0 ? 1.0 : kCheapAtStart);
      if (start > 0) weights_[std::size_t(start - 1)] = 1;
      settle();
    }
    if (chosen_.empty()) return refusal();
    return answer();
  }

 private:
  void settle() {
    for (int round = 0; round < kRounds; ++round) {
      steps_.clear();
      for (const auto& all : candidates_) steps_.push_back(staircase(all, weights_));
      const Shares full = goal_.target_interval > 0 ? keep(goal_.target_interval) : bisect();
      // What is fullest becomes dearer; the steps shrink so that the weights settle.
      const double pace = 2.0 / (1 + round * 0.5);
      for (int r = 0; r < kResources; ++r) weights_[r] *= std::exp(pace * (full[r] / std::max(1e-9, fullest(full)) - 1) * 2);
    }
  }

  // The design for an interval; false: a layer has no way that fast.
  bool choose(double interval, std::vector<std::size_t>* picks, Shares* sum) const {
    *sum = fixed_;
    picks->clear();
    for (std::size_t l = 0; l < steps_.size(); ++l) {
      const auto after = std::upper_bound(steps_[l].begin(), steps_[l].end(), interval, [](double i, const Step& s) { return i < s.cycles; });
      if (after == steps_[l].begin()) return false;
      picks->push_back(std::prev(after)->candidate);
      for (int r = 0; r < kResources; ++r) (*sum)[r] += candidates_[l][picks->back()].shares[r];
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
    if (fullest(sum) > 1) return;
    const double interval = interval_of(picks);
    const bool is_better = goal_.target_interval > 0 ? fullest(sum) < best_full_
                                                     : std::make_pair(interval, fullest(sum)) < std::make_pair(best_interval_, best_full_);
    if (chosen_.empty() || is_better) chosen_ = picks, best_interval_ = interval, best_full_ = fullest(sum), best_weights_ = weights_;
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
      if (fullest(sum) <= 1) high = middle;
      else low = middle + 1;
    }
    return at_edge;
  }

  Error refusal() const {
    if (goal_.target_interval > 0 && emptiest_ == std::numeric_limits<double>::infinity()) {
      double least = 0;
      for (const auto& all : candidates_) least = std::max(least, all.front().cycles);
      return user_error("{:.0f} cycles an image are asked for; the fastest way of the slowest layer takes {:.0f}", goal_.target_interval, least);
    }
    std::string words;
    for (int r = 0; r < kResources; ++r) {
      if (emptiest_shares_[r] > 1) words += fmt::format("{}{:.2f} times the {}", words.empty() ? "" : " and ", emptiest_shares_[r], kBudgetedNames[r]);
    }
    return user_error("no design fits: the smallest one found needs {} of the budget; a larger board or fewer layers help", words);
  }

  Exploration answer() const {
    Exploration result;
    result.total = goal_.fixed;
    result.weights = best_weights_;
    for (std::size_t l = 0; l < chosen_.size(); ++l) {
      const Candidate& pick = candidates_[l][chosen_[l]];
      const LayerWay& way = menus_[l].ways[std::size_t(pick.way)];
      ChosenLayer layer{way.shape, pick.cycles, way.cost(pick.copies)};
      layer.shape.copies = pick.copies;
      result.total += layer.cost;
      if (pick.cycles > result.interval_cycles) result.interval_cycles = pick.cycles, result.slowest = int(l);
      result.layers.push_back(std::move(layer));
    }
    return result;
  }

  const std::vector<LayerMenu>& menus_;
  const Resources& budget_;
  const ExploreGoal& goal_;
  const Shares fixed_;
  std::vector<std::vector<Candidate>> candidates_;
  std::vector<std::vector<Step>> steps_;
  std::vector<std::size_t> chosen_;
  Shares weights_{}, best_weights_{};
  double best_interval_ = 0, best_full_ = 0;
  double emptiest_ = std::numeric_limits<double>::infinity();
  Shares emptiest_shares_{};
};

}  // namespace

Resources budget_of(const bsp::Board& board) {
  const bsp::Resources may = board.plannable();
  Resources budget;
  budget.alms = double(may.alms), budget.m20k = double(may.ram_blocks), budget.dsp_blocks = double(may.dsps);
  budget.kernels = kMostKernels;
  return budget;
}

Result<Exploration> explore(const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities, const Resources& budget,
                            const ExploreGoal& goal) {
  if (menus.size() != densities.size()) return bug_error("explore() needs one density a layer");
  for (const LayerMenu& menu : menus) {
    if (menu.ways.empty()) return user_error("{}: none of the allowed engines can compute this layer; allow dense", menu.spec.work.name);
  }
  return Explorer(menus, densities, budget, goal).run();
}

}  // namespace sluice
