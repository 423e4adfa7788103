// SPDX-License-Identifier: Apache-2.0
// Drops the ways of a menu that no design would take.
//
// Why: a search goes over every way for every question. The idea: a way goes that another one equals or beats in cycles
// and in every resource, whatever the densities and copies; both must be of one kind and treat zeros alike.
//
// Before: all ways of a layer. After: for every way that was dropped, one is left that is as good.
#pragma once

#include <vector>

#include "compiler/dse/layer_menu.hpp"

namespace sluice {

std::vector<LayerWay> without_dominated(std::vector<LayerWay> ways, const LayerWork& work);

}  // namespace sluice
