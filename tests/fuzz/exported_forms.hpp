// SPDX-License-Identifier: Apache-2.0
// exported_forms: a base for import_fuzz with what exporters write beyond plain nodes: functions within functions, a
// branch that the size decides, arithmetic of constants, Split, sums and maxima, ArgMax at the end.
//
// Before: nothing. After: a sound file of opset 17 that the front end brings to the normal form.
#pragma once

#include <string>

namespace sluice::testing {

std::string exported_forms();

}  // namespace sluice::testing
