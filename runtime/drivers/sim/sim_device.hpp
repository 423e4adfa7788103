// SPDX-License-Identifier: Apache-2.0
// SimDevice: an FPGA that is not there. Results of the integer network, answered at the cycle model's time.
//
// Why: rows change the rate of an FPGA and hardly that of a CPU, so a runtime that adapts cannot be tried on PoCL. The
// idea: each picture and row is computed once (scores and counters, equal to those of every other device). The cycle
// simulator, run on a few pictures of each row, turns counters into interval and latency (row_timing.hpp), and a
// PipelineClock at the table's clock says when the image would leave. Every rate of it is *simulated*, and labelled so.
//
// Two ways to keep time:
//   paced     collect() returns when the wall clock has reached the model's time; submission is timed
//             by the wall clock. Where this machine computes slower than the design would, answers come late;
//             remark() says how many did.
//   unpaced   collect() returns as soon as the result is known. The device's clock then is time of its own: an image
//             enters when the one `capacity` places before it left, or at its task's offered_at, whichever is later.
//
// Before: an open bundle. After: see Device; completed_at is the model's time.
#pragma once

#include <memory>

#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

struct SimOptions {
  std::size_t capacity = 8;  // images inside at once
  bool is_paced = true;
  std::size_t cached_results = 16384;
};

Result<std::unique_ptr<Device>> open_sim_device(const Bundle& bundle, const SimOptions& options = {});

}  // namespace sluice
