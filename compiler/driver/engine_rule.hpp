// SPDX-License-Identifier: Apache-2.0
// Engines by a rule, where no target is explored.
#pragma once

#include "compiler/pipeline/layer_config.hpp"

namespace sluice {

// auto: windows of 2 taps and more skip pairs, 1x1 convolutions and those of too many taps skip activations. Otherwise
// the named engine for all convolutions that may have it.
Result<LayerConfigs> engines_by_rule(const IntegerNetwork& network, const std::string& name);

}  // namespace sluice
