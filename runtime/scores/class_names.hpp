// SPDX-License-Identifier: Apache-2.0
// What a class is called, for people.
//
// Why: names in a bundle come from anywhere, and some bundles have none. Before: a class of the network. After: text
// that moves no cursor.
#pragma once

#include <string>

#include "runtime/bundle/network.hpp"

namespace sluice {

// From the bundle, or its number.
std::string class_name(const IntegerNetwork& network, int index);
// The same, but "class 3" for a number: alone among other numbers it would not be seen to be a class.
std::string shown_class_name(const IntegerNetwork& network, int index);

}  // namespace sluice
