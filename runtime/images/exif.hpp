// SPDX-License-Identifier: Apache-2.0
// The EXIF orientation of a picture: how its stored pixels must be turned to be seen upright.
//
// Why read here and not by the decoder: cameras store what the sensor saw and note how they were held. Some training
// pipelines turn the picture by that note, others do not know it. So the decoder leaves pixels as they are stored, the
// Picture carries the note, and fit_picture.hpp turns where Preprocess says so.
//
// The block is a small TIFF file (CIPA DC-008, 4.6): byte order, then a directory of 12-byte entries; tag 0x0112 holds
// a number from 1 to 8.
//
// Before: any bytes. After: 1 (as stored) where the note is missing, damaged or none of 1 to 8, as viewers do.
#pragma once

#include <string_view>

namespace sluice {

inline constexpr int kUpright = 1;

// `block`: from its byte order mark on.
int exif_orientation(std::string_view block);

}  // namespace sluice
