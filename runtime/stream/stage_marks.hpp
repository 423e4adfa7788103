// SPDX-License-Identifier: Apache-2.0
// StageMarks: when one image passed each stage of a stream, for whoever draws that (runtime/session/trace_file.hpp).
//
// Why: latencies in statistics say how long stages take, not what waits for what. Before: a stream that was asked to
// mark. After: the moments of one image, or of one canary; those of stages that it did not pass are that of the clock's
// epoch.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

struct StageMarks {
  using Moment = std::chrono::steady_clock::time_point;

  std::uint64_t image = 0;
  std::uint32_t row = 0;
  bool is_canary = false;
  bool is_answered = false;  // by the device, and the answer was taken
  unsigned worker = 0;       // that prepared it
  Moment prepare, decoded, prepared;
  Moment submit, submitted;                             // into the device
  Moment collect, collected;                            // from it
  Moment delivered;                                     // learned from and received
  std::chrono::nanoseconds device{0}, completed_at{0};  // as the device says
};

}  // namespace sluice
