// SPDX-License-Identifier: Apache-2.0
// RowPolicy: chooses the row to run from what is predicted of all rows.
//
// Why: what a user wants of a stream differs (a rate, a row), and so does how it is chosen; measuring, probing, logging
// and switching do not. So the controller does those and asks a policy. One that is to be compared with ours is another
// such class.
//
// Before: choose() is asked in order of the images. After: the same situations in the same order give the same choices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

struct RowForecast {
  double images_per_s = 0;                   // in the mean over many images, probes and canaries included
  double relative_error = 0;                 // of it, one standard deviation
  std::uint64_t canaries = 0;                // that ran under it since the pictures changed
  std::optional<double> disagreement_bound;  // a share; nothing: not known; the densest row's is 0
};

struct Situation {
  std::uint64_t image = 0;                 // index of the last image observed
  std::uint32_t row = 0;                   // chosen last
  std::vector<std::uint32_t> by_accuracy;  // all rows, the most accurate first
  std::vector<RowForecast> rows;
  double scatter = 0;                     // standard deviation of one image's interval, as a share of the mean
  double realised_images_per_s = 0;       // since the last decision; 0: not known
  std::uint64_t images_since_change = 0;  // of the pictures
  std::uint64_t changes = 0;              // of the pictures, so far
};

struct Choice {
  std::uint32_t row = 0;
  std::string reason;
  bool is_probing_affordable = true;            // false: probes are to become rare
  std::optional<std::uint32_t> candidate = {};  // row that canaries are to run under, too
};

class RowPolicy {
 public:
  virtual ~RowPolicy() = default;
  virtual Choice choose(const Situation& now) = 0;
};

}  // namespace sluice
