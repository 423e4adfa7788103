// SPDX-License-Identifier: Apache-2.0
// PlanOptions: what the user asks of a plan.
//
// Before: values from a command line or a program. After check_plan_options(): what can be known to be wrong without
// reading the model or a picture is said, before minutes of work.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/pixel_options.hpp"
#include "compiler/ir/graph.hpp"
#include "compiler/measure/rows.hpp"
#include "compiler/quantise/quantise.hpp"
#include "compiler/target/target.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice {

struct PlanOptions {
  std::filesystem::path model;
  std::string command;  // for the report, as a shell reads it; empty: a program plans
  std::vector<std::filesystem::path> calibration;
  std::filesystem::path labels;          // "file label" lines for the one folder in `calibration`; may be empty
  Part part = Part::all;                 // of the calibration pictures
  std::size_t calibration_images = 500;  // the first so many
  std::filesystem::path class_names;     // empty: classes are numbers
  std::filesystem::path output;
  std::optional<ir::Dims> input_shape;  // for models that leave it open
  std::string model_output;             // the scores, for models with several outputs
  PixelOptions pixels;
  QuantiseOptions quantise{.method = RangeMethod::best};
  std::string engine = "auto";  // auto, or a name of convolution_engine_from_text()
  std::optional<Target>
      target;  // what the exploration plans for; none: a rule chooses engines, parallelism is the default
  double target_images_per_s = 0;      // with a target: fewest resources at this rate; 0: the highest rate
  double hls_factor = 0;               // without a target; 0: the factor of the coefficients
  std::size_t held_out_images = 2000;  // pictures after the calibration ones that measure the rows
  RowOptions rows;
  double most_loss_points = 2;  // of the fastest row, on the search pictures
  std::size_t trials = 128;     // of thresholds, around the rows that were allocated
  double time_limit_s = 0;      // of these trials; 0: none
  std::uint64_t seed = 1;
  bool has_scalar_objective = false;  // of trials before the hardware is chosen: search::HardwareTrials::is_scalar
  bool is_loss_asked = false;         // most_loss_points was named: it must be measurable
  bool has_baselines = false;         // plan what else the target could hold, too
  // Depths of streams by simulation, within so many percent of the best rate; 0: by rule. None: 1 with a target, else
  // 0.
  std::optional<double> sizing_percent;

  // The state between phases (state_folder.hpp). Phases by name (phase.hpp); empty: the first, the last, none.
  std::filesystem::path state;  // empty: next to the output, with ".plan" after its name
  bool keeps_state = false;     // after the bundle is written, or after an error
  std::string from, stop_after, dump_after;

  std::filesystem::path state_folder() const;
  double sizing_percent_or_default() const;
};

Status check_plan_options(const PlanOptions& options);

}  // namespace sluice
