// SPDX-License-Identifier: Apache-2.0
// See align_lanes.hpp.
#include "compiler/dse/align_lanes.hpp"

#include <algorithm>
#include <limits>

#include "compiler/model/engine_model.hpp"

namespace sluice {
namespace {

constexpr int kSweeps = 4;
// Of the dearest resource's price: nothing is so plentiful that agreement may cost any amount of it.
constexpr double kLeastShare = 0.3;
// Price of a taps kernel that would be too slow with the lanes that arrive: dearer than any design.
constexpr double kTooSlow = 1e3;
constexpr double kRounding = 1e-9;  // of a budget
constexpr int kAnyLanes = 0;        // takes or sends what the other side has

// A width kernel between streams of about this many lanes.
constexpr int kTypicalLanes = 16;

// Lanes of a layer's ends. A taps kernel takes the lanes that arrive; the fewer they are, the longer it reads.
int lanes_in(const EngineShape& shape, const LayerWork& work) {
  return has_taps(shape, work) ? kAnyLanes : shape.in_lanes;
}

int width_kernels_between(int sent, int taken) {
  if (sent == kAnyLanes || taken == kAnyLanes || sent == taken) return 0;
  return sent % taken == 0 || taken % sent == 0 ? 1 : 2;
}

class Aligner {
 public:
  Aligner(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
          const ResourceModel& model, const Resources& budget, double natural_share, const Exploration& design)
      : network_(network),
        menus_(menus),
        levels_(levels),
        budget_(budget),
        weights_(design.weights),
        readers_(network.layers.size()) {
    const double dearest = *std::max_element(weights_.begin(), weights_.end());
    for (std::size_t r = 0; r < kLimits; ++r) weights_[r] += is_merit(r) ? kLeastShare * dearest : 0;
    EngineShape width;
    width.kind = KernelKind::width, width.in_lanes = width.out_lanes = kTypicalLanes;
    width_price_ = price_of(model.kernel(width));
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      for (const int source : network.layers[i].inputs) {
        if (source != kNetworkInput) readers_[std::size_t(source)].push_back(i);
      }
      ways_.push_back(timed_ways(menus[i], levels[i], budget, natural_share, design.layers[i].cost.loss));
    }
  }

  void sweep(double interval, bool keeps_budget, Exploration& design) const {
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      double least = std::numeric_limits<double>::infinity();
      ChosenLayer best = design.layers[i];
      const Shares all = shares_of(design.total, budget_), own = shares_of(best.cost, budget_);
      for (const TimedWay& timed : ways_[i]) {
        if (timed.cycles > interval) break;
        const LayerWay& way = menus_[i].ways[std::size_t(timed.way)];
        Resources cost = way.cost(timed.copies);
        cost.loss = levels_[i][std::size_t(timed.level)].loss;
        if (keeps_budget && overfills(all, own, shares_of(cost, budget_))) continue;
        EngineShape shape = way.shape;
        shape.copies = timed.copies;
        const double price = price_of(cost) + width_price_ * differences(i, shape, design) +
                             kTooSlow * slow_taps(i, shape, interval, design);
        if (price >= least) continue;
        least = price;
        best = {shape, timed.own_cycles, timed.level, cost};
      }
      design.total += design.layers[i].cost * -1;
      design.total += best.cost;
      design.layers[i] = best;
    }
  }

  // Gives taps kernels the lanes that arrive.
  void settle_taps(Exploration& design) const {
    for (std::size_t i = 0; i < design.layers.size(); ++i) {
      ChosenLayer& layer = design.layers[i];
      if (!has_taps(layer.shape, menus_[i].spec.work)) continue;
      layer.shape.in_lanes = lanes_sent_to(i, design);
      layer.cycles = std::max(layer.cycles, window_cycles(layer.shape, menus_[i].spec.work) + 1);
    }
  }

 private:
  // Would some resource be short, or shorter than it is, with `fresh` in the place of `old`?
  static bool overfills(const Shares& all, const Shares& old, const Shares& fresh) {
    for (std::size_t r = 0; r < kLimits; ++r) {
      const double after = all[r] - old[r] + fresh[r];
      if (after > std::max(1.0, all[r]) + kRounding) return true;
    }
    return false;
  }

  double price_of(const Resources& cost) const { return priced(shares_of(cost, budget_), weights_); }

  int lanes_sent_to(std::size_t layer, const Exploration& design) const {
    const int source = network_.layers[layer].inputs[0];
    return source == kNetworkInput ? network_.input.channels : design.layers[std::size_t(source)].shape.out_lanes;
  }

  bool is_slow(std::size_t layer, EngineShape shape, int sent, double interval) const {
    const LayerWork& work = menus_[layer].spec.work;
    if (!has_taps(shape, work)) return false;
    shape.in_lanes = sent;
    return window_cycles(shape, work) + 1 > interval;
  }

  // Taps kernels of the layer and of its readers that would be slower than the interval.
  int slow_taps(std::size_t layer, const EngineShape& shape, double interval, const Exploration& design) const {
    int count = is_slow(layer, shape, lanes_sent_to(layer, design), interval);
    for (const std::size_t reader : readers_[layer])
      count += is_slow(reader, design.layers[reader].shape, shape.out_lanes, interval);
    return count;
  }

  // Width kernels to both sides, were this the layer's way.
  int differences(std::size_t layer, const EngineShape& shape, const Exploration& design) const {
    int count = 0;
    for (const int source : network_.layers[layer].inputs) {
      const int sent = source != kNetworkInput     ? design.layers[std::size_t(source)].shape.out_lanes
                       : pixels_at_once(shape) > 1 ? kAnyLanes
                                                   : network_.input.channels;
      count += width_kernels_between(sent, lanes_in(shape, menus_[layer].spec.work));
    }
    for (const std::size_t reader : readers_[layer]) {
      count += width_kernels_between(shape.out_lanes, lanes_in(design.layers[reader].shape, menus_[reader].spec.work));
    }
    return count;
  }

  const IntegerNetwork& network_;
  const std::vector<LayerMenu>& menus_;
  const std::vector<LayerLevels>& levels_;
  const Resources& budget_;
  Shares weights_;
  double width_price_ = 0;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<std::vector<TimedWay>> ways_;
};

}  // namespace

void align_lanes(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                 const std::vector<LayerLevels>& levels, const ResourceModel& model, const Resources& budget,
                 const ExploreGoal& goal, double interval_cycles, bool keeps_budget, Exploration& design) {
  const Aligner aligner(network, menus, levels, model, budget, goal.natural_share, design);
  for (int sweep = 0; sweep < kSweeps; ++sweep) aligner.sweep(interval_cycles, keeps_budget, design);
  aligner.settle_taps(design);
  design.total = goal.fixed;
  design.interval_cycles = goal.least_interval, design.slowest = -1;
  for (std::size_t i = 0; i < design.layers.size(); ++i) {
    design.total += design.layers[i].cost;
    if (design.layers[i].cycles > design.interval_cycles)
      design.interval_cycles = design.layers[i].cycles, design.slowest = int(i);
  }
}

}  // namespace sluice
