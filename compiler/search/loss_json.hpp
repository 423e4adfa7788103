// SPDX-License-Identifier: Apache-2.0
// Loss table, scale and front as JSON: what phases keep of them, and what the report shows.
//
// Before: anything. After: reading what was written gives it again; readers throw as the library does.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/search/loss_scale.hpp"
#include "compiler/search/row_search.hpp"

namespace sluice::search {

nlohmann::json to_json(const MeasuredLoss& loss);
MeasuredLoss measured_loss_from(const nlohmann::json& j);

nlohmann::json to_json(const Thresholds& thresholds);
Thresholds thresholds_from(const nlohmann::json& j);

nlohmann::json to_json(const LossTable& table);
LossTable loss_table_from(const nlohmann::json& j);

nlohmann::json to_json(const LossScale& scale);
LossScale loss_scale_from(const nlohmann::json& j);

nlohmann::json to_json(const std::vector<SearchStep>& progress);
// Of an object that may hold no such list: an older Sluice kept none.
std::vector<SearchStep> progress_of(const nlohmann::json& holder);

nlohmann::json to_json(const RowSearch& search);
RowSearch row_search_from(const nlohmann::json& j);

}  // namespace sluice::search
