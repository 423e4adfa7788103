// SPDX-License-Identifier: Apache-2.0
// What the simulation saw: how long the busiest kernel of each layer works and waits, how full streams get.
//
// Before: facts of a bundle; without simulations a sentence. After: tables in HTML with bars in their cells.
#pragma once

#include <string>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string waits_figure(const Facts& facts);
std::string streams_figure(const Facts& facts);

}  // namespace sluice::page
