// SPDX-License-Identifier: Apache-2.0
// StreamReport: what a whole stream, a source that was fed to its end, came to.
//
// Why: a folder of pictures, a camera and a benchmark differ in their source alone. How a stream ends is the same:
//   end of source, or stop   everything taken from the source is delivered
//   source fails             the same, then the source's error
//   device fails             what can still be collected before the failure is delivered
//   receiver fails           nothing more is delivered
// In the last three the status says so in a sentence with the counts, and the statistics hold them as numbers. Lost
// images, whose outcome is the stream's failure and not their own, are counted and not delivered one by one.
#pragma once

#include "runtime/base/status.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice {

struct StreamReport {
  Status status;
  StreamStatistics statistics;
};

}  // namespace sluice
