// SPDX-License-Identifier: Apache-2.0
// Reads acl_quartus_report.txt, which a board's package writes after placing and routing.
//
// The form is `key: value`, one a line, and packages differ: thousands have commas or none, "used / all ( 46 % )" or
// the number alone, RAM blocks are M20K or M10K, a 2x clock may be missing or "Unused". So lines that are not known are
// passed over. Only the clock that runs must be there.
//
// Before: the text. After: clock and resources; Fault::user without a clock.
#pragma once

#include <string>

#include "runtime/bundle/fitted_build.hpp"

namespace sluice::vendor {

// Of a FittedBuild only what the report says is set.
Result<FittedBuild> read_quartus_report(const std::string& text);

}  // namespace sluice::vendor
