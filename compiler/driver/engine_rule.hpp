// SPDX-License-Identifier: Apache-2.0
// Engines by a rule, where no target is explored.
#pragma once

#include <optional>
#include <string>

#include "compiler/pipeline/layer_config.hpp"

namespace sluice {

// The engine that is allowed besides dense; none for auto, which allows all. An unknown name is the user's error.
Result<std::optional<KernelKind>> only_engine(const std::string& name);

// auto: windows of 2 taps and more skip pairs, 1x1 convolutions and those of too many taps skip activations. Otherwise
// the named engine for all convolutions that may have it.
Result<LayerConfigs> engines_by_rule(const IntegerNetwork& network, const std::string& name);

}  // namespace sluice
