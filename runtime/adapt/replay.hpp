// SPDX-License-Identifier: Apache-2.0
// Replay: takes the decisions of an audit log again.
//
// Why: an adaptation that cannot be repeated cannot be debugged. And "what would another table, or another policy, have
// done?" is a question for the evening, not for the live stream. Two ways:
//   as it was    every decision must come out again, character by character
//   otherwise    with another table of the same design, or another policy: the images say by how much each layer was
//   off
//     its assumption; that ratio is applied to all rows (what a row would really have taken on an image that it did not
//     run nobody has measured), and an image's interval grows or shrinks as its slowest layer does
// Canaries are those of the log. What another table's rows would have answered is not in it, so min-accuracy is not
// asked of another table.
//
// Before: a log that read_audit_log() has accepted. After: the decisions, and the first difference where there is one.
#pragma once

#include "runtime/adapt/audit_log.hpp"

namespace sluice {

struct Replay {
  PolicyOptions policy;  // that the images began under
  std::vector<Decision> decisions;
  std::size_t images = 0;
  std::size_t switches = 0;
  std::vector<std::uint64_t> images_of_row;  // answered under it
  double images_per_s = 0;                   // from the first image to the last, on the device's clock
  // As it was: 0 when decisions and rows of images equal those of the log.
  std::size_t differences = 0;
  std::string first_difference;  // both lines
};

struct Otherwise {
  std::optional<DesignTable> table;
  std::optional<PolicyOptions> policy;  // for the whole stream
};

Replay replay(const Audit& audit);

// Refuses a table of another design or with other layers, and what the policy cannot do with table or log.
Result<Replay> replay(const Audit& audit, const Otherwise& otherwise);

}  // namespace sluice
