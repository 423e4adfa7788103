// SPDX-License-Identifier: Apache-2.0
// plan: ONNX model and calibration pictures in, bundle out. The story of the compiler, one call per phase.
//
// Before: options as the user gave them. After: the bundle stands at options.output, whole, or nothing does.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/accuracy/choose_quantisation.hpp"
#include "compiler/driver/design_estimate.hpp"
#include "compiler/driver/pixel_options.hpp"
#include "compiler/quantise/quantise.hpp"
#include "compiler/sparsity/stream_depths.hpp"
#include "runtime/base/status.hpp"

namespace sluice {

struct PlanOptions {
  std::filesystem::path model;
  std::vector<std::filesystem::path> calibration;
  std::filesystem::path labels;          // "file label" lines for the one folder in `calibration`; may be empty
  Part part = Part::all;                 // of the calibration pictures
  std::size_t calibration_images = 500;  // the first so many
  std::filesystem::path class_names;     // empty: classes are numbers
  std::filesystem::path output;
  std::optional<ir::Dims> input_shape;   // for models that leave it open
  PixelOptions pixels;
  QuantiseOptions quantise{.method = RangeMethod::best};
  std::string engine = "auto";           // auto, or a name of convolution_engine_from_text()
  std::optional<Target> target;          // what the exploration plans for; none: a rule chooses engines, parallelism is the default's
  double target_images_per_s = 0;        // with a target: fewest resources at this rate; 0: the highest rate
  double hls_factor = 0;                 // without a target; 0: the coefficients' own
  std::size_t held_out_images = 2000;    // pictures behind the calibration ones that measure the rows
  RowOptions rows;
  // Depths of streams by simulation, within so many percent of the best rate; 0: by rule. None: 1 with a target, else 0.
  std::optional<double> sizing_percent;
};

struct PlanSummary {
  std::size_t layers = 0;
  std::size_t kernels = 0;
  int multipliers = 0;
  std::int64_t macs = 0;
  std::size_t calibration_images = 0;
  double agreement = 0;  // share of calibration pictures with the same top-1 in float and integer
  std::size_t agreement_images = 0;
  double largest_bound_bits = 0;
  std::vector<SumProof> proofs;     // one per convolution
  std::vector<QuantiseTrial> trials;  // ways of quantising
  std::string method;                 // the one taken
  std::string design_hash;
  std::size_t row_images = 0;         // pictures that measured the rows
  bool is_held_out = false;           // those are behind the calibration pictures; else they are calibration pictures
  std::vector<TableRow> rows;
  DesignEstimate estimate;
  std::optional<StreamSizing> sizing;  // where depths come from simulation
};

// `say` gets one line per phase ("[3/7] calibrate: 500 pictures").
Result<PlanSummary> plan(const PlanOptions& options, const std::function<void(const std::string&)>& say);

}  // namespace sluice
