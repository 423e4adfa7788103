// SPDX-License-Identifier: Apache-2.0
// run_server: the scenario Server, whose queries come when they come (see run_scenario.hpp).
//
// Why apart: on the wall clock nobody may wait for an answer before the next query is due, so one thread sends and one
// collects. On a simulated device's clock one thread does both: queries are offered at their times, and the clock says
// when each came back.
//
// Before: the feeder is empty. After: the same; queries, latencies, seconds and lateness are in `measured`.
#pragma once

#include "apps/bench/feeder.hpp"

namespace sluice::bench {

Status run_server(Feeder& feeder, const Load& load, Measured& measured);

}  // namespace sluice::bench
