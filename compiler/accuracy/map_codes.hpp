// SPDX-License-Identifier: Apache-2.0
// MapCodes: the codes of one map of an integer network, to round a float map as that network would.
//
// Why: whoever asks what rounding costs rounds float maps (rounding_shares.hpp, map_divergences.hpp). Gains of channels
// and their order are between the map and its codes, and known here only.
//
// Before: a layer that requantises, or the network's picture. After: round() leaves values that codes can hold.
#pragma once

#include "compiler/ir/graph.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

class MapCodes {
 public:
  // The layer must outlive it.
  explicit MapCodes(const Layer& layer) : layer_(&layer) {}
  static MapCodes of_picture(const IntegerNetwork& network);

  // Null for the picture.
  const Layer* layer() const { return layer_; }
  // Real value of code 1 in a channel of the layer's order, and the model's channel that it is.
  double step(int channel) const { return layer_ ? layer_->real_value(1, channel) : picture_scale_; }
  int model_channel(int channel) const { return layer_ ? layer_->model_channel(channel) : channel; }
  void round(ir::Tensor& map) const;

 private:
  MapCodes() = default;

  const Layer* layer_ = nullptr;
  double picture_scale_ = 0;
  int picture_limit_ = 0;
};

}  // namespace sluice
