// SPDX-License-Identifier: Apache-2.0
// Runs a bundle on a device and compares every score and counter with the plain reference, and engine-busy cycles with
// the cycle simulator.
//
// Before: a bundle of a network with tests/support. After: a gtest failure at the first picture that differs.
#pragma once

#include <iosfwd>

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"
#include "tests/support/random_network.hpp"

namespace sluice {

std::ostream& operator<<(std::ostream& out, const LayerCounters& counters);

namespace test {

enum class Where { pocl, pocl_exact, threads, emulator };

void PrintTo(Where where, std::ostream* out);

// `images` random pictures, several in flight, each under a random row of the table.
void expect_equal_to_reference(const Bundle& bundle, Random& random, int images, Where where);

}  // namespace test
}  // namespace sluice
