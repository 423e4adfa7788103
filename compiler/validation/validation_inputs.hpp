// SPDX-License-Identifier: Apache-2.0
// validation_inputs: what a network is run on when two forms of it are compared.
//
// Why not calibration pictures alone: on those, a clamp may never be reached. Noise and blocks of black and white reach
// further than photos do, and stay what a pixel can be. So what a pass may assume of a picture holds for them, too.
//
// After: the first pictures, then random ones, the same for the same network size.
#pragma once

#include <string>
#include <vector>

#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

struct ValidationInput {
  std::string name;
  FittedPicture picture;
};

// The random ones alone.
Result<std::vector<ValidationInput>> random_inputs(const MapShape& input, const Preprocess& preprocess);

// Pictures that cannot be read are left out; whoever needs them all says so.
Result<std::vector<ValidationInput>> validation_inputs(const FittedPictures& pictures, const MapShape& input);

}  // namespace sluice
