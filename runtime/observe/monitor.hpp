// SPDX-License-Identifier: Apache-2.0
// Monitor: density and cycles per layer and row, as the pictures of this stream make them.
//
// Why: the table's cycles were measured on calibration pictures. A dark or noisy stream has others, and other ones for
// each row. The idea: per row and layer a running average of what images under that row really took. A row that has not
// run yet is predicted from the table, scaled per layer by what the running row shows against its own entry. The
// controller's probe images see to it that this is soon replaced by what was measured.
//
// An image under a row that seldom runs (a probe) stands for the images since that row's last one, so it weighs more,
// up to kMostWeight: more would follow single pictures.
//
// The pipeline's interval is more than its slowest layer's cycles, because kernels wait for each other. The table says
// how much more, row by row (cycles_per_image). That is taken to be so on any stream.
//
// Before: observations in the order of the images. After: every figure is finite; the same observations give the same
// figures to the last bit (replay depends on it).
#pragma once

#include <vector>

#include "runtime/observe/design_model.hpp"
#include "runtime/observe/running_average.hpp"

namespace sluice {

class Monitor {
 public:
  explicit Monitor(const DesignModel& model);

  void observe(const Observation& seen);

  // Cycles of each table layer under a row.
  std::vector<double> layer_cycles(std::size_t row) const;
  // Steady images/s if `probe_share` of the images ran under the other rows in turn and the rest under this one.
  double predicted_images_per_s(std::size_t row, double probe_share) const;
  // Share of dense products left, per table layer, under a row: measured, or the table's assumption before any image.
  std::vector<double> density(std::size_t row) const;
  // Table layers whose cycles under this row are changing right now.
  std::vector<std::size_t> changing_layers(std::size_t row) const;

 private:
  struct OfLayer {
    RunningAverage cycles;
    RunningAverage density;
  };

  static constexpr double kMostWeight = 4;

  DesignModel model_;
  std::vector<std::vector<OfLayer>> rows_;  // [row][table layer]
  std::vector<std::uint64_t> last_seen_;    // per row: images observed when it ran last
  std::uint64_t images_ = 0;
  std::vector<double> waiting_;  // per row: interval over its slowest part, in the table
  std::vector<double> ratio_;    // per table layer: measured against assumed, of the row that ran last
};

}  // namespace sluice
