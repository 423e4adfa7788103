// SPDX-License-Identifier: Apache-2.0
// run_end_to_end: a scenario with everything a user waits for, from the picture's file to its scores.
//
// Why: a device's rate is worth nothing to a host that cannot decode as fast. The idea: the pictures come as files, as
// a session is given them as the scenario says, over and over. A warm-up is not counted, as in run_scenario(). Latency
// is from when a picture was there (Server: due) to the delivery of its scores, of MultiStream to that of the query's
// last one.
//
// Time is the wall clock's. On a simulated device that would mix two clocks, so there only the host's own part can be
// measured: with a device that costs nothing (null), and said to be that.
//
// Before: the device is open and empty. After: it is empty unless it failed.
#pragma once

#include <memory>

#include "apps/bench/run_scenario.hpp"
#include "runtime/bundle/bundle.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice::bench {

// What a picture costs at each stage, alone: the mean of pictures that went through one after the other.
struct Stages {
  std::size_t images = 0;
  double decode_ms = 0, resize_ms = 0, pack_ms = 0;
  double compute_ms = 0;  // as the device saw it
  // Of this machine's part of the device; 0 where that is simulated.
  double submit_ms = 0, collect_ms = 0;
};

Result<Stages> measure_stages(Device& device, const IntegerNetwork& network, const ImageSet& images);

// Pictures are decoded on all threads of this machine.
Result<Measured> run_end_to_end(std::shared_ptr<const Bundle> bundle, std::shared_ptr<Device> device,
                                const ImageSet& images, const Load& load);

}  // namespace sluice::bench
