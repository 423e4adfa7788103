// SPDX-License-Identifier: Apache-2.0
// A network with one residual block, in which a stream that is too shallow stops everything.
//
// A 3x3 convolution, then a block of two 3x3 convolutions on a map 8 pixels wide. The identity branch must hold what
// the two windows hold back (compiler/pipeline/fifo_depth.hpp); tests make its stream shallower than that.
#pragma once

#include "runtime/bundle/netlist.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {

// Reads 8 x 8 pixels of `channels` channels; `classes` scores.
IntegerNetwork residual_network(Random& random, int channels = 2, int classes = 3);

// The stream of the identity branch.
int identity_stream(const Netlist& netlist);

}  // namespace sluice::test
