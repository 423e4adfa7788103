// SPDX-License-Identifier: Apache-2.0
// Configs and densities as JSON, and back: what a plan's state keeps of an exploration.
//
// Before: any of them; JSON of any origin. After: the same again; the readers throw as the library does.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/driver/plan_state.hpp"

namespace sluice {

nlohmann::json choice_to_json(const LayerChoice& choice);
nlohmann::json hardware_to_json(const ExploredHardware& hardware);
ExploredHardware hardware_from_json(const nlohmann::json& j);

Result<LayerChoice> choice_from_json(const nlohmann::json& j);

nlohmann::json density_to_json(const LayerDensity& density);
LayerDensity density_from_json(const nlohmann::json& j);

}  // namespace sluice
