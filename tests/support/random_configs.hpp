// SPDX-License-Identifier: Apache-2.0
// Random parallelism for every layer of a network: all that check_layer_config() lets through, kept narrow enough that
// kernels compile in a second. Same seed, same configs.
#pragma once

#include "compiler/pipeline/layer_config.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {

LayerConfigs random_configs(Random& random, const IntegerNetwork& network);

}  // namespace sluice::test
