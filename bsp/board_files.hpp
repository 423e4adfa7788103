// SPDX-License-Identifier: Apache-2.0
// The text files under bsp/, by path relative to it. The table is made by bsp/CMakeLists.txt.
#pragma once

#include <map>
#include <string>

namespace sluice::bsp {

const std::map<std::string, std::string>& board_files();

}  // namespace sluice::bsp
