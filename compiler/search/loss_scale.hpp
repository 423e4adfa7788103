// SPDX-License-Identifier: Apache-2.0
// LossScale: how many nats of a loss table are how many top-1 points, for the network as a whole.
//
// Why: people bound a loss in points; the exploration shares out nats. What a nat costs depends on the network, on how
// sure it is of its classes, and on how errors of many layers add up. The idea: thresholds in every layer at once, as
// far as each goes with the same divergence, for a ladder of such divergences. Sum by the table and loss by
// measurement make one step each; between steps the scale is straight.
//
// Before: a loss table of the meter's network. After: both figures of the steps rise.
#pragma once

#include "compiler/search/loss_meter.hpp"
#include "compiler/search/loss_table.hpp"

namespace sluice::search {

struct LossScale {
  struct Step {
    double nats = 0;        // sum over layers, by the table
    MeasuredLoss measured;  // of all together
    double points = 0;      // of `measured`, rising
  };
  std::vector<Step> steps;  // without the one of no loss

  // Largest sum whose loss is expected within so many points.
  double nats(double points) const;
};

LossScale measured_scale(const LossTable& table, const LossMeter& meter);

}  // namespace sluice::search
