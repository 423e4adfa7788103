// SPDX-License-Identifier: Apache-2.0
// A stream whose images run under the rows that a controller chooses.
//
// Why: the loop device -> counters -> monitor -> controller -> row of the next image is closed here, once, for every
// program. The idea: run_stream() with its two hooks: row_for asks the controller, and the receiver is told what each
// image did before its outcome is handed on. A picture that could not be classified teaches nothing and is skipped.
//
// Before: the device is open and empty. After: as run_stream(); the log, where wanted, is complete, or the stream fails
// with its error.
#pragma once

#include <filesystem>

#include "runtime/adapt/controller.hpp"
#include "runtime/stream/stream.hpp"

namespace sluice {

struct AdaptiveOptions {
  PolicyOptions policy;
  std::filesystem::path audit_log;  // empty: none
  // Called after each decision, from the thread that delivers.
  std::function<void(const Decision&)> on_decision;
  StreamOptions stream;  // row_for is set here
};

// Refuses a policy that table or device cannot follow before anything runs.
StreamReport run_adaptive(Device& device, const Bundle& bundle, Source& source, const Receiver& receiver,
                          AdaptiveOptions options, std::stop_token stop = {});

}  // namespace sluice
