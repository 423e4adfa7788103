// SPDX-License-Identifier: Apache-2.0
// The kernel files as text, by path relative to device/: what code generation copies into a bundle.
//
// Why: the planner is one program that needs no source tree beside it. The table is made by device/CMakeLists.txt.
#pragma once

#include <map>
#include <string>

namespace sluice {

const std::map<std::string, std::string>& device_files();

}  // namespace sluice
