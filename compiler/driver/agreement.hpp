// SPDX-License-Identifier: Apache-2.0
// A warning where the integer network answers otherwise than the float network too often.
//
// Why: a plan goes on whatever quantising lost, and its rows are then judged against each other. Who reads the last
// lines must not overlook that int8 has become another classifier. Before: counted on calibration pictures. After: what
// was found and what to try, or nothing.
#pragma once

#include <cstddef>
#include <string>

namespace sluice {

// Share of pictures with the same first class, below which a plan warns. A network that lost 1.8 points of accuracy had
// 0.886, one that lost 27.8 had 0.57.
inline constexpr double kLeastAgreement = 0.8;

std::string agreement_warning(double share, std::size_t pictures, int bits);

}  // namespace sluice
