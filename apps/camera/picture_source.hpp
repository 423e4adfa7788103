// SPDX-License-Identifier: Apache-2.0
// Pictures as frames: any set that other verbs take, shown at a steady rate.
//
// Why: whoever has no camera has pictures. A picture that cannot be read is left out, like a frame that a camera does
// not deliver; a set without one readable picture is refused with the first one's own sentence.
//
// Before: the name of a set. After: the frames are the set's pictures, in order.
#pragma once

#include <memory>

#include "apps/camera/frame_source.hpp"

namespace sluice::camera {

// `frames_per_s` 0: 30.
Result<std::unique_ptr<FrameSource>> open_pictures(const std::string& name, double frames_per_s);

}  // namespace sluice::camera
