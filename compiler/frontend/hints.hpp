// SPDX-License-Identifier: Apache-2.0
// hint_for: what to export or train differently when an operator is not supported.
//
// Why: "not supported" leaves the user where they were. For the operators people really meet, the next step is known.
// Before: any operator name. After: half a sentence, never empty.
#pragma once

#include <string>

namespace sluice::frontend {

std::string hint_for(const std::string& op);

}  // namespace sluice::frontend
