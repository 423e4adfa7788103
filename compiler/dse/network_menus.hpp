// SPDX-License-Identifier: Apache-2.0
// From a network to the exploration's menus, and from what it chose back to LayerConfigs.
//
// Why: the exploration knows shapes only. The pipeline is built from LayerConfigs. The idea: a way of a menu is a
// LayerConfig in other words, so that whatever is chosen can be built. tests/unit/compiler/dse holds any way and number
// of copies against check_layer_config() and against the kernels that are built from it.
//
// Before: a valid network. After: one menu a layer; a config for every way of it.
#pragma once

#include <vector>

#include "compiler/dse/explore.hpp"
#include "compiler/pipeline/layer_config.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// `engines`: allowed for convolutions after the first one; empty: all. The last convolution on one pixel may be sparse,
// too.
std::vector<LayerSpec> layer_specs(const IntegerNetwork& network, const std::vector<KernelKind>& engines = {});

std::vector<LayerMenu> network_menus(const IntegerNetwork& network, const ResourceModel& model,
                                     const std::vector<KernelKind>& engines = {});

LayerConfig config_of(const LayerWork& work, const EngineShape& shape);
LayerConfigs configs_of(const IntegerNetwork& network, const Exploration& chosen);

}  // namespace sluice
