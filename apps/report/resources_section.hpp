// SPDX-License-Identifier: Apache-2.0
// What the design takes of the chip, by kind of part and by kind of circuit, against the board's budget.
//
// Before: facts of a bundle. After: bars with their table; without a target, bars of the whole design.
#pragma once

#include <string>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string resources_figure(const Facts& facts);

}  // namespace sluice::page
