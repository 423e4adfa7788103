// SPDX-License-Identifier: Apache-2.0
// Engines by a rule, where no target is explored.
#pragma once

#include "compiler/pipeline/layer_config.hpp"

namespace sluice {

// auto: 3x3 and larger windows skip pairs, 1x1 convolutions skip activations. Otherwise the engine's name for all
// convolutions that may have it.
Result<LayerConfigs> engines_by_rule(const IntegerNetwork& network, const std::string& name);

}  // namespace sluice
