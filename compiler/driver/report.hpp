// SPDX-License-Identifier: Apache-2.0
// What the planner writes beside the design: report.json and the golden vectors.
//
// Before: a finished design. After: text; same inputs, same bytes, but for the phase times.
#pragma once

#include <chrono>

#include "compiler/driver/plan.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice {

// Wall time of each phase, in order.
class PhaseTimes {
 public:
  void begin(const std::string& name);
  void end();
  const std::vector<std::pair<std::string, double>>& seconds() const { return seconds_; }

 private:
  std::vector<std::pair<std::string, double>> seconds_;
  std::chrono::steady_clock::time_point start_;
  bool is_running_ = false;
};

// One picture as the device must see it and answer it.
struct Golden {
  std::string picture;
  std::vector<std::int16_t> codes;
  std::vector<std::int32_t> scores;
};

// golden/golden.json and golden/input_<n>.bin (codes, 1 or 2 bytes each, NHWC).
BundleFiles golden_files(const IntegerNetwork& network, const std::vector<Golden>& vectors);

std::string plan_report(const PlanOptions& options, const Design& design, const Quantised& quantised,
                        const Statistics& statistics, const PlanSummary& summary, const PhaseTimes& times);

}  // namespace sluice
