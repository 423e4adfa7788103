// SPDX-License-Identifier: Apache-2.0
// check_answer: that what a device gave is the answer to the image that went in.
//
// Why: a device that loses count gives one image's classes to another, and nobody would see it. So image and row travel
// with an image and come back. Fault::bug where they differ: a device that mixes up images cannot be asked for others.
#pragma once

#include "runtime/hal/device.hpp"

namespace sluice {

Status check_answer(const ImageScores& answer, std::uint64_t image_id, std::uint32_t row_id, std::size_t classes);

}  // namespace sluice
