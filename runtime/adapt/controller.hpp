// SPDX-License-Identifier: Apache-2.0
// Controller: chooses the row for the images to come from what the images so far did.
//
// Why: the product's point. The planner's table says what a row costs on calibration pictures; the controller keeps a
// promise (a rate) on pictures nobody has seen. The idea, for target_fps, every period_images observed images:
//
//   running row misses the target   -> most accurate row predicted to hold target * (1 + hysteresis), else the fastest
//   it holds                        -> most accurate row *above* it predicted to hold target * (1 + hysteresis)
//   fewer than dwell_images under the running row -> stay
//
// The Monitor predicts. What another row would take on these pictures cannot be read off the running row (noise
// passes one threshold and not the next), so one image in probe_period runs under another row, each in turn. A row
// travels with its image, so a probe costs nothing but the difference in cycles, which the prediction includes.
//
// Determinism: a decision after image n is effective from image n + lag_images, the first that cannot have been
// submitted yet, so that rows do not depend on the timing of threads. The same observations give the same decisions.
//
// One thread asks row_for() in order of the images while another reports observe() in order.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/adapt/policy.hpp"
#include "runtime/observe/monitor.hpp"

namespace sluice {

struct Decision {
  std::uint64_t after_image = 0;
  std::uint32_t row = 0;     // that ran
  std::uint32_t choice = 0;  // equal to row: nothing changes
  std::uint64_t effective_from = 0;
  std::string reason;
  double realised_images_per_s = 0;            // since the last decision, on the device's clock; 0: not known
  std::vector<double> predicted_images_per_s;  // per row, probes included
  std::vector<double> density;                 // per table layer, under `row`
  std::vector<std::size_t> changing_layers;

  bool operator==(const Decision&) const = default;
};

class Controller {
 public:
  // Before: check_policy() has accepted the options. `lag_images`: most images submitted ahead of the last observed
  // one.
  Controller(const DesignModel& model, const PolicyOptions& options, std::uint64_t lag_images);

  // Row of an image, asked in order.
  std::uint32_t row_for(std::uint64_t index);
  // True when row_for() answers another row than the chosen one, to measure it.
  bool is_probe(std::uint64_t index) const;
  // Learns from an image; the decision, when one is due.
  std::optional<Decision> observe(const Observation& seen);

  // The row chosen last (it may not be effective yet).
  std::uint32_t row() const;

 private:
  struct Switch {
    std::uint64_t from = 0;
    std::uint32_t row = 0;
  };

  double probe_share() const {
    return options_.probe_period == 0 || rows_ < 2 ? 0 : 1.0 / static_cast<double>(options_.probe_period);
  }
  std::uint32_t first_row() const;
  void choose(Decision& decision) const;

  const PolicyOptions options_;
  const std::uint64_t lag_images_;
  const std::uint32_t rows_;
  const std::vector<std::uint32_t> by_accuracy_;
  mutable std::mutex mutex_;
  Monitor monitor_;
  std::deque<Switch> switches_;  // oldest still needed first; the last one is the chosen row
  std::uint64_t observed_ = 0;
  std::uint64_t window_images_ = 0;
  std::optional<std::chrono::nanoseconds> window_start_;
};

}  // namespace sluice
