// SPDX-License-Identifier: Apache-2.0
// How pixels become a network's input, in the user's words: as flags of `sluice plan` or as a small JSON file next to
// the model, which is easier to hand on than a command line:
//
//   {"pixel_max": 1, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "bgr": false,
//    "resize_short_side": 256, "exif_orientation": "apply"}
//
// Every key may be left out; mean and std are a number or a list. An unknown key is an error: a slip of the pen must
// not become a network that is silently fed wrong.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

inline constexpr const char *kApplyExif = "apply", *kIgnoreExif = "ignore";

struct PixelOptions {
  double pixel_max = 255;    // value of a white pixel where mean and std are stated: 255 or 1
  std::vector<double> mean;  // per channel or one for all; empty: 0
  std::vector<double> std;   // per channel or one for all; empty: 1
  bool is_bgr = false;
  int resize_short_side = 0;                  // then the middle is cut out; 0: stretch
  std::string exif_orientation = kApplyExif;  // or kIgnoreExif
};

// Errors name the file and the key.
Result<PixelOptions> read_pixel_options(const std::filesystem::path& file);

// Preprocess of the bundle from the user's options. Refuses lists of a wrong length and a zero std.
Result<Preprocess> preprocess_from(const PixelOptions& pixels, int channels);

// Between which numbers the network's input lies. Wrong options, which preprocess_from() refuses, give every number.
ir::Range pixel_range(const PixelOptions& pixels);

}  // namespace sluice
