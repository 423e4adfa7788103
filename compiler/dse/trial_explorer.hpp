// SPDX-License-Identifier: Apache-2.0
// TrialExplorer: the fastest design for one set of thresholds, in milliseconds.
//
// Why: hardware and thresholds decide each other (hass.md section 11.1), so a sampler's every trial is to be costed by
// the hardware that suits it, and trials come by the hundred. explore() takes a third of a second, nearly all of it for
// ways and levels that no trial changes. The idea: a trial says how far the thresholds of each layer may go
// (Allowance). A layer's front depends on its own allowance alone, and the fronts of single levels are known once, so a
// new allowance merges a few of them and is kept. Between proven bounds the interval is bisected by pack(), from prices
// that suit the design without thresholds. Afterwards each layer goes back to the level that loses least of those that
// fit the interval: an allowance is never used up for nothing.
//
// What neighbours need between them is that of one design, `fixed`: design_network() says exactly, for those trials
// that are worth it.
//
// Before: menus and levels of one network; a budget, whose loss does not count; both outlive this. After: explore() is
// a function of the allowances alone, whatever was explored before: trials may be resumed. Not for several threads.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <vector>

#include "compiler/dse/candidates.hpp"

namespace sluice {

struct TrialGoal {
  Resources fixed;                                                // besides the layers
  double least_interval = 0;                                      // what memory allows
  double most_natural = std::numeric_limits<double>::infinity();  // cycles of the densest row
};

struct TrialLayer {
  int way = 0, copies = 1, level = 0;
  double cycles = 0;  // of the layer, as candidates.hpp counts
};

struct TrialDesign {
  double interval = std::numeric_limits<double>::infinity();  // so: nothing fits
  std::vector<TrialLayer> layers;
  Shares shares{};  // of the budget
  double loss = 0;  // sum over layers

  bool fits() const { return !layers.empty(); }
};

class TrialExplorer {
 public:
  TrialExplorer(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels, const Resources& budget,
                const TrialGoal& goal);

  TrialDesign explore(const std::vector<Allowance>& allowances);
  // The largest of each layer.
  const std::vector<Allowance>& most() const { return most_; }

 private:
  const std::vector<Candidate>& front(std::size_t layer, const Allowance& allowance);
  double cycles_at(std::size_t layer, const Candidate& pick, int level);
  TrialLayer with_least_loss(std::size_t layer, const Candidate& pick, const Allowance& allowance, double interval);

  const std::vector<LayerMenu>& menus_;
  const std::vector<LayerLevels>& levels_;
  const Shares fixed_;
  double low_ = 0, high_ = 0;  // no design is faster; without thresholds one is as fast
  Shares weights_{};
  std::vector<Allowance> most_;
  std::vector<std::vector<std::vector<Candidate>>> level_fronts_;  // by layer and level
  std::vector<std::map<Allowance, std::vector<Candidate>>> fronts_;
  std::vector<std::map<std::array<int, 3>, double>> level_cycles_;  // by layer; way, copies and level
};

}  // namespace sluice
