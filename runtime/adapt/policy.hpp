// SPDX-License-Identifier: Apache-2.0
// Policy: what the user wants the stream to do, in numbers.
//
//   fixed        every image runs under one row
//   target_fps   the most accurate row that holds a rate (rows_by_accuracy)
//   min_accuracy the fastest row whose best class differs from the densest row's on few images (disagreement.hpp)
//
// A rate is held over windows of so many images: how is said in target_rate.hpp. Dwell: after a switch the next one
// waits for that many images under the new row.
//
// Canaries: one image in canary_period is computed under the densest row, too, and under min_accuracy under the row
// that may be next as well. That is known under every policy, and costs rate: up to 2 in canary_period.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bundle/table.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

enum class Policy { fixed, target_fps, min_accuracy };

struct PolicyOptions {
  Policy policy = Policy::fixed;
  std::uint32_t row = 0;              // of fixed
  double target_images_per_s = 0;     // of target_fps
  std::uint64_t window_images = 500;  // over which the rate is to hold
  std::uint64_t dwell_images = 64;
  std::uint64_t period_images = 16;  // a decision after so many images
  std::uint64_t probe_period =
      16;  // one image of so many runs under another row, to see what it costs; 0: none; of target_fps
  double most_disagreement = 0;     // of min_accuracy: a share of the images
  std::uint64_t canary_period = 0;  // 0: none
};

const char* to_text(Policy policy);
std::vector<std::string> policy_names();
Result<Policy> policy_from_text(const std::string& text);

// Refuses, with what is possible, what the table does not have.
Status check_policy(const PolicyOptions& options, const DesignTable& table);
// Refuses target_fps and min_accuracy on a device whose rate does not depend on the row.
Status check_policy(const PolicyOptions& options, const DeviceInfo& device);

// Row ids, the most accurate first. A slower row leaves out less, so it counts as the more accurate one unless the
// intervals of the two losses say otherwise: a few hundred held-out pictures order rows by chance.
std::vector<std::uint32_t> rows_by_accuracy(const DesignTable& table);

}  // namespace sluice
