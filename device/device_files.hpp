// SPDX-License-Identifier: Apache-2.0
// Files of this folder as text, by path relative to it: the kernel files, which code generation copies into a bundle,
// and what the threads driver puts in front of a bundle's program.
//
// Why: planner and driver are programs that need no source tree beside them. The tables are made by
// device/CMakeLists.txt.
#pragma once

#include <map>
#include <string>

namespace sluice {

const std::map<std::string, std::string>& device_files();
const std::map<std::string, std::string>& threads_files();

}  // namespace sluice
