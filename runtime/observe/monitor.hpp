// SPDX-License-Identifier: Apache-2.0
// Monitor: what each row costs, and how dense each layer is, as the pictures of this stream make them.
//
// Why: the table's cycles were measured on calibration pictures. A dark or noisy stream has others, and other ones for
// each row. The idea: a pipeline takes an image in the cycles of *its* slowest layer, so the mean of those is kept for
// each row, over the images since the pictures last changed (change_detector.hpp), and with it how exact the mean is.
//
//   row that ran         the mean over its images, running and probed, the last kMemory of them
//   row that did not     its mean before the change, or the table's figure, scaled as the running row's mean was; it
//                        counts like kPriorImages images
//
// The pipeline's interval is more than the slowest layer's cycles, because kernels wait for each other. The table says
// how much more, row by row (cycles_per_image); what the device's clock shows corrects it, as long as the images came
// fast enough for the device to be the limit, which is taken to be so where the clock and the cycles agree to a fifth.
//
// Before: observations in the order of the images. After: every figure is finite; the same observations give the same
// figures to the last bit (replay depends on it).
#pragma once

#include <optional>
#include <vector>

#include "runtime/observe/change_detector.hpp"
#include "runtime/observe/design_model.hpp"
#include "runtime/observe/running_average.hpp"

namespace sluice {

// Why an image was computed under a row: its answer, its answer under another row to measure that one, or besides its
// answer.
enum class Purpose { answer, probe, canary };

struct Forecast {
  double interval_cycles = 1;  // mean, waiting included
  double relative_error = 0;   // of that mean, one standard deviation
};

class Monitor {
 public:
  explicit Monitor(const DesignModel& model);

  void observe(const Observation& seen, Purpose purpose);

  Forecast forecast(std::size_t row) const;
  // Standard deviation of one image's cycles around their row's mean, as a share of it.
  double scatter() const;
  // Images since the pictures changed; since the start where they never did.
  std::uint64_t images_since_change() const { return images_since_change_; }
  std::uint64_t changes() const { return changes_; }
  // Share of dense products left, per table layer, under a row: measured, or the table's assumption before any image.
  std::vector<double> density(std::size_t row) const;
  // Table layers whose cycles under this row are changing right now.
  std::vector<std::size_t> changing_layers(std::size_t row) const;

 private:
  struct OfLayer {
    RunningAverage cycles;
    RunningAverage density;
  };
  struct OfRow {
    std::vector<OfLayer> layers;
    double slowest_cycles = 1;  // mean over images
    double images = 0;          // that the mean stands on
    double waiting = 1;         // interval over slowest_cycles
  };

  void take_change(std::size_t row);
  void take_clock(const Observation& seen, double slowest, bool is_running);

  static constexpr double kMemory = 1000, kPriorImages = 4, kLeastImages = 32, kUsualScatter = 0.06;
  static constexpr double kLeastScatter = 1e-3;      // else rounding is a change where every image takes the same
  static constexpr double kFarthestOutlier = 9;      // times the variance, in which a value counts
  static constexpr std::uint64_t kClockImages = 16;  // whose clock is compared with their cycles at a time
  static constexpr double kMostDisagreement = 0.2;   // between clock and cycles
  static constexpr double kClockWeight = 1.0 / 8;    // of such a comparison

  DesignModel model_;
  std::vector<OfRow> rows_;
  ChangeDetector detector_;
  std::optional<std::size_t> running_;  // row of the last answer that was no probe
  double variance_ = kUsualScatter * kUsualScatter;
  std::uint64_t images_since_change_ = 0, changes_ = 0;
  std::optional<std::chrono::nanoseconds> clock_start_;
  double clock_expected_cycles_ = 0;
  std::uint64_t clock_images_ = 0;
};

}  // namespace sluice
