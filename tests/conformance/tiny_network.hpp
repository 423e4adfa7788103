// SPDX-License-Identifier: Apache-2.0
// The network of the conformance suite: small enough for any device, large enough that pictures differ in their scores.
//
// 8 x 8 x 3 input, 3x3 convolution to 4 channels with padding, 2x2 maximum, global average, 1x1 convolution to 10
// scores of 16 bits. The weights come from a fixed sequence. validate() holds.
#pragma once

#include "runtime/bundle/network.hpp"

namespace sluice {

IntegerNetwork tiny_network();

// Input codes of picture `number` for it: random, the same for the same number.
std::vector<std::int16_t> tiny_codes(std::uint64_t number);

}  // namespace sluice
