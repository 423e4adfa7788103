// SPDX-License-Identifier: Apache-2.0
// One pass of the drifting stream under one policy, and what came of it.
#pragma once

#include <filesystem>

#include "runtime/session/session.hpp"

namespace sluice::example {

struct ImageRecord {
  std::uint32_t row = 0;
  bool is_right = false;
  double completed_at_s = 0;    // on the device's clock
  std::vector<double> density;  // per table layer, of this image
};

struct StreamRun {
  std::vector<ImageRecord> images;
  std::vector<Decision> decisions;

  double top1() const;                                         // share
  std::vector<double> images_per_s(std::size_t window) const;  // at every image, over the `window` images up to it
  double mean_images_per_s() const;
  double share_at_or_above(double images_per_s, std::size_t window) const;
  std::size_t switches() const;
};

struct RunOptions {
  PolicyOptions policy;
  std::filesystem::path audit_log;
  std::function<void(const Decision&)> on_decision;
};

// Before: every picture of the source has a label.
Result<StreamRun> run_once(const std::shared_ptr<Device>& device, const std::shared_ptr<const Bundle>& bundle,
                           Source& source, const RunOptions& options);

}  // namespace sluice::example
