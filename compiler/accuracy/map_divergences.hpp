// SPDX-License-Identifier: Apache-2.0
// MapDivergences: how far the float network's answers move when one map alone is rounded to its codes.
//
// Why: which maps keep more bits is decided by what the network's answers lose, not by the error of each map. Small
// errors add up (divergence.hpp), so each map can be judged alone. That is far more exact than the same question to a
// network whose other maps are rounded, too: one map's share is then the small difference of two large numbers, and of
// two maps that carry the same values, each looks innocent as long as the other is rounded.
//
// The idea: all values of a picture are computed once in float. A map is rounded, and what depends on it is computed
// again. Values that share codes are rounded together.
//
// Before: the network was quantised from the graph and its channels are in the model's order. After: nothing is
// changed.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/quantise/quantise.hpp"
#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

class MapDivergences {
 public:
  // `scores`: of the float network, for each picture.
  MapDivergences(const ir::Graph& graph, const Quantised& quantised, const QuantiseOptions& options,
                 const ChannelGains& gains, const FittedPictures& pictures,
                 const std::vector<std::vector<float>>& scores);

  // Values of the same codes that the network computes; not those of the picture and the scores.
  struct Map {
    std::string root;  // stands for them, as in ValueCodesTable
    std::set<std::string> values;
  };
  const std::vector<Map>& maps() const { return maps_; }

  // For each map: the mean over pictures, nats.
  Result<std::vector<double>> measure() const;

 private:
  const ir::Graph& graph_;
  const Quantised& quantised_;
  const FittedPictures& pictures_;
  const std::vector<std::vector<float>>& scores_;
  std::map<std::string, const Layer*> layer_of_;  // per value
  std::vector<Map> maps_;
};

}  // namespace sluice
