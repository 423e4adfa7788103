// SPDX-License-Identifier: Apache-2.0
// Adaptation: which row an image of a session runs under, learned from the images before it, and written down.
//
// Why: the loop device -> counters -> monitor -> controller -> row of the next image is closed here, once, for every
// program. The idea: the pipeline asks for a row when it sends an image, and tells of each image before its receiver
// hears of it. One lock holds what is learned, written and set together: the audit log has the order in which things
// happened, and replay can repeat it. An image that could not be classified teaches nothing and is skipped.
//
// Before: check_policy() has accepted what is asked for. After: the log, where one is wanted, holds everything.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "runtime/adapt/audit_log.hpp"
#include "runtime/adapt/controller.hpp"
#include "runtime/observe/design_model.hpp"
#include "runtime/stream/outcome.hpp"

namespace sluice {

class Adaptation {
 public:
  // `lag_images`: most images sent ahead of the last one learned from, and one. `audit_log`: empty for none.
  static Result<std::unique_ptr<Adaptation>> open(const Bundle& bundle, const DeviceInfo& device,
                                                  std::uint64_t lag_images, const PolicyOptions& policy,
                                                  const std::filesystem::path& audit_log,
                                                  std::function<void(const Decision&)> on_decision);

  ImageRows rows_for(std::uint64_t index) { return controller_.rows_for(index); }
  // An image and then its canaries; what they tell together is learned when none is to come.
  Status learn(const Classification& image, std::size_t to_come);
  Status set_policy(const PolicyOptions& policy);
  // Written down; where that fails, what is learned next says so.
  void note(const Takeover& takeover);
  // Of the images to come.
  std::uint32_t row() const { return controller_.row(); }
  std::optional<double> disagreement_bound(std::uint32_t row) const { return controller_.disagreement_bound(row); }
  std::vector<double> density() const { return controller_.density(); }
  std::uint64_t switches() const { return switches_; }
  // Completes the log. One without its end line tells that the stream failed.
  Status end();

 private:
  Adaptation(const Bundle& bundle, std::uint64_t lag_images, const PolicyOptions& policy,
             std::function<void(const Decision&)> on_decision)
      : observer_(bundle), on_decision_(std::move(on_decision)), controller_(model_of(bundle), policy, lag_images) {}

  const Observer observer_;
  const std::function<void(const Decision&)> on_decision_;
  std::vector<Observation> image_;  // so far seen; of the thread that calls learn()
  std::atomic<std::uint64_t> switches_ = 0;
  std::mutex mutex_;  // log and controller change together
  Controller controller_;
  std::optional<AuditLog> log_;
  Status noted_;  // the first failure to write a takeover
};

}  // namespace sluice
