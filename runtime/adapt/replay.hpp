// SPDX-License-Identifier: Apache-2.0
// Replay: takes the decisions of an audit log again.
//
// Why: an adaptation that cannot be repeated cannot be debugged. And "what would another table have done?" is a
// question for the evening, not for the live stream. Two ways:
//   with the log's own table   every decision must come out again, character by character
//   with another table of the same design   the images say by how much each layer was off its assumption; that ratio is
//     applied to all rows of the other table (what its rows would really have taken nobody has measured)
//
// Before: a log that read_audit_log() has accepted. After: the decisions, and the first difference where there is one.
#pragma once

#include "runtime/adapt/audit_log.hpp"

namespace sluice {

struct Replay {
  std::vector<Decision> decisions;
  std::size_t images = 0;
  std::size_t switches = 0;
  bool is_same_table = true;
  // With the log's own table: 0 when decisions and rows of images equal those of the log.
  std::size_t differences = 0;
  std::string first_difference;  // both lines
};

Replay replay(const Audit& audit);

// Refuses a table of another design or with other layers.
Result<Replay> replay(const Audit& audit, const DesignTable& table);

}  // namespace sluice
