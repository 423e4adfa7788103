// SPDX-License-Identifier: Apache-2.0
// The top of the page: what this is and how fast, what limits it, what to do about that.
//
// Why: who deploys a classifier reads the first screen; figures below say why it is so. Sentences follow from the same
// figures, so they can never say something else.
//
// Before: facts of a bundle. After: pieces of HTML.
#pragma once

#include <string>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string page_title(const Facts& facts);  // not escaped
std::string identity(const Facts& facts);    // network, target, precision, design
std::string tiles(const Facts& facts);       // rates and losses
std::string limits(const Facts& facts);      // a list of what limits it, each with what to do

}  // namespace sluice::page
