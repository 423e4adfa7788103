// SPDX-License-Identifier: Apache-2.0
// PlanJob: one plan on its way: what was asked for, what is opened, what is made so far.
//
// Before: checked options. After open(): the pictures are listed (not decoded), class names are read.
#pragma once

#include <chrono>
#include <functional>

#include "compiler/driver/plan_options.hpp"
#include "compiler/driver/plan_state.hpp"
#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

// Gets one line per phase and per thing worth knowing ("[3/9] calibrate: 500 pictures in float").
using Say = std::function<void(const std::string&)>;

class PlanJob {
 public:
  static Result<PlanJob> open(const PlanOptions& options, Say say);

  const PlanOptions options;
  const Say say;
  std::string model_hash;
  std::vector<std::string> class_names;
  ImageSet all_pictures;              // of the part that was asked for
  std::size_t calibration_count = 0;  // the first so many of them calibrate
  PlanState state;
  std::map<std::string, double> phase_seconds;
  std::chrono::steady_clock::time_point phase_start;

  double seconds_of_phase() const;
  // As many names as the graph has classes.
  Status check_class_names() const;
  // The calibration pictures as the graph sees them, decoded once for all phases. Needs the graph.
  Result<FittedPictures> calibration_pictures();

 private:
  PlanJob(const PlanOptions& all_options, Say to_say) : options(all_options), say(std::move(to_say)) {}
  std::optional<FittedPictures> fitted_;
};

// The calibration pictures as the search measures losses on them. Needs calibrate and quantise.
Result<std::vector<RowSample>> search_samples(PlanJob& job);

// The first pictures as codes of a network's input.
Result<std::vector<std::vector<std::int16_t>>> picture_codes(const IntegerNetwork& network,
                                                             const FittedPictures& pictures);

}  // namespace sluice
