// SPDX-License-Identifier: Apache-2.0
// Decision: what a controller chose, and what it knew when it did.
//
// Why: it is shown to people, written to the audit log and compared by replay; none of them needs the controller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

struct Decision {
  std::uint64_t after_image = 0;
  std::uint32_t row = 0;     // that ran
  std::uint32_t choice = 0;  // equal to row: nothing changes
  std::uint64_t effective_from = 0;
  std::string reason;
  double realised_images_per_s = 0;            // since the last decision, on the device's clock; 0: not known
  std::vector<double> predicted_images_per_s;  // per row, probes and canaries included
  std::vector<double> predicted_error;         // per row, one standard deviation as a share of it
  std::uint64_t images_since_change = 0;       // of the pictures
  std::vector<double> density;                 // per table layer, under `row`
  std::vector<std::size_t> changing_layers;
  std::optional<std::uint32_t> candidate;                 // row that canaries run under, to know it
  std::vector<std::uint64_t> canaries;                    // per row, that its bound stands on
  std::vector<std::optional<double>> disagreement_bound;  // per row, a share; nothing: not known

  bool operator==(const Decision&) const = default;
};

}  // namespace sluice
