// SPDX-License-Identifier: Apache-2.0
// The coefficient files, compiled in as (path, text). The table is made by compiler/model/CMakeLists.txt.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice {

const std::vector<std::pair<std::string, std::string>>& coefficient_files();

}  // namespace sluice
