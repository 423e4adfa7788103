// SPDX-License-Identifier: Apache-2.0
// calibration_frames: pictures for a plan from a camera or a video, as files of a folder.
//
// Why: a design that is to run before a camera should be calibrated by what that camera sees. The idea: the frames
// become PNG files in a folder that stays, so that a plan which was killed goes on with the same pictures, and so that
// they can be looked at and used again.
//   camera, stream   a frame each kPeriod, so that they differ; whoever plans moves the camera meanwhile
//   video            as many, evenly spread over all of it
//
// Before: a source of one of these kinds. After: a whole folder of so many frames, or none; one that is there already
// is left as it is, and used.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "runtime/base/status.hpp"

namespace sluice::camera {

inline constexpr std::chrono::milliseconds kCalibrationPeriod{100};

// Whether `--calib` names frames and not pictures. What is no source at all counts as pictures, which say so.
bool is_frames(const std::string& source);

// `count` 0: all frames of a video; refused for a source without an end. `say` gets lines for people.
Status calibration_frames(const std::string& source, std::size_t count, const std::filesystem::path& folder,
                          const std::function<void(const std::string&)>& say);

}  // namespace sluice::camera
