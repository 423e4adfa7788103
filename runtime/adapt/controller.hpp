// SPDX-License-Identifier: Apache-2.0
// Controller: chooses the row for the images to come from what the images so far did.
//
// Why: the product's point. The planner's table says what a row costs on calibration pictures; the controller keeps a
// promise (a rate) on pictures nobody has seen. The idea: every period_images observed images it asks its policy
// (row_policy.hpp), with what the Monitor predicts of each row. For dwell_images after a switch it stays.
//
// What another row would take on these pictures cannot be read off the running row (noise passes one threshold and not
// the next), so one image in probe_period runs under another row: mostly one of the two next to the running row in
// accuracy, in turn, since one of them is the next choice; every eighth probe goes to the others. A row travels with
// its image, so a probe costs nothing but the difference in cycles, which the predictions include.
//
// Canaries (policy.hpp) are computed under the densest row and the policy's candidate besides the row that answers;
// what they cost is part of the predictions, and what they took tells what those rows cost.
//
// Determinism: a decision after image n is effective from image n + lag_images, the first that cannot have been
// submitted yet, so that rows do not depend on the timing of threads. The same observations give the same decisions.
//
// One thread asks rows_for() in order of the images while another reports observe() in order. A third may set another
// policy: it holds from the next image that is asked for, and begins with what was learned under the last one.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "runtime/adapt/decision.hpp"
#include "runtime/adapt/policy.hpp"
#include "runtime/adapt/row_policy.hpp"
#include "runtime/hal/image_rows.hpp"
#include "runtime/observe/disagreement.hpp"
#include "runtime/observe/monitor.hpp"

namespace sluice {

class Controller {
 public:
  // Before: check_policy() has accepted the options. `lag_images`: most images submitted ahead of the last observed
  // one. `policy` chooses; without it the options' own does.
  Controller(const DesignModel& model, const PolicyOptions& options, std::uint64_t lag_images,
             std::unique_ptr<RowPolicy> policy = nullptr);

  // Rows of an image, asked in order.
  ImageRows rows_for(std::uint64_t index);
  // True when rows_for() answered another row than the chosen one, to measure it. Asked before the image is observed.
  bool is_probe(std::uint64_t index) const;
  // Learns from an image, `canaries`: and from what was computed besides, in that order; the decision, when one is due.
  std::optional<Decision> observe(const Observation& answer, std::span<const Observation> canaries = {});

  // Before: check_policy() has accepted the options. Returns the first image under the new policy, which is `from`
  // where that is given (a log says when it was).
  std::uint64_t set_policy(const PolicyOptions& options, std::optional<std::uint64_t> from = {});

  // The row chosen last (it may not be effective yet).
  std::uint32_t row() const;
  // Of a row, on the images of late: an upper bound of the share on which it disagrees with the densest row, if known.
  std::optional<double> disagreement_bound(std::uint32_t row) const;
  // Share of products executed, per table layer, under the row chosen last.
  std::vector<double> density() const;

 private:
  struct Switch {
    std::uint64_t from = 0;
    std::uint32_t row = 0;
    std::uint64_t probe_period = 0;
    std::uint64_t dwells_from = 0;  // a switch waits for dwell_images after it; 0: for none
    std::optional<std::uint32_t> candidate = {};
    std::uint64_t canary_period = 0;

    bool operator==(const Switch&) const = default;
  };

  static constexpr std::uint32_t kDensest = 0;     // by the contract of the design table
  static constexpr std::uint64_t kRareProbes = 8;  // times as far apart, where they cost the rate
  static constexpr std::uint64_t kFarProbe = 8;    // every so many goes to a row that is no neighbour

  bool is_probe_unlocked(std::uint64_t index) const;
  std::vector<std::uint32_t> neighbours(std::uint32_t row) const;
  std::uint32_t probed_row(std::uint32_t row, std::uint64_t turn) const;
  std::vector<RowForecast> forecasts() const;
  void take_canaries(const Observation& answer, std::span<const Observation> canaries);
  std::optional<double> bound_of(std::uint32_t row) const;
  double probe_share() const;
  std::uint32_t first_row() const;
  void begin_policy(std::uint64_t from);

  PolicyOptions options_;
  const std::uint64_t lag_images_;
  const double clock_hz_;
  const std::uint32_t rows_;
  const std::vector<std::uint32_t> by_accuracy_;
  mutable std::mutex mutex_;
  std::unique_ptr<RowPolicy> policy_;  // none: the row never changes
  Monitor monitor_;
  Disagreement disagreement_;
  std::uint64_t changes_ = 0;         // of the pictures, that disagreement_ knows of
  std::deque<Switch> switches_;       // oldest still needed first; the last one is the chosen row
  std::deque<std::uint64_t> probes_;  // images that are, and were not observed yet
  std::uint64_t asked_ = 0;           // images that rows_for() was asked for
  std::uint64_t observed_ = 0;
  std::uint64_t window_images_ = 0;
  std::optional<std::chrono::nanoseconds> window_start_;
};

}  // namespace sluice
