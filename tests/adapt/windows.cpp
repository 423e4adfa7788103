// SPDX-License-Identifier: Apache-2.0
// Cuts passes into windows (see windows.hpp).
#include "tests/adapt/windows.hpp"

#include "runtime/base/errors.hpp"

namespace sluice::test {

Status check_scenes(const example::Drift& drift, const std::string& script) {
  for (const example::Scene& scene : drift.scenes()) {
    if (scene.images < kSettled + kWindow)
      return user_error("{}: scene {}: {} images; {} or more are needed, {} to settle and a window of {}", script,
                        scene.name, scene.images, kSettled + kWindow, kSettled, kWindow);
  }
  return ok();
}

Pass under_row(const Recording& recording, std::uint32_t row) {
  Pass pass;
  for (const RecordedImage& image : recording.rows[row]) {
    pass.rows.push_back(row);
    pass.interval_s.push_back(image.interval_s);
    pass.is_right.push_back(image.is_right);
  }
  return pass;
}

std::vector<Window> windows_of(const Pass& pass, const example::Drift& drift, double target_images_per_s) {
  std::vector<Window> windows;
  for (std::size_t s = 0; s < drift.scenes().size(); ++s) {
    for (std::uint64_t at = drift.first_of(s) + kSettled; at + kWindow <= drift.first_of(s + 1); at += kWindow) {
      double seconds = 0, right = 0;
      for (std::uint64_t i = at; i < at + kWindow; ++i) {
        seconds += pass.interval_s[i];
        right += pass.is_right[i];
      }
      windows.push_back({seconds * target_images_per_s <= double(kWindow), right / double(kWindow)});
    }
  }
  return windows;
}

Judged judged(const std::vector<Window>& windows, std::size_t switches) {
  Judged result{windows.size(), 0, switches, 0};
  for (const Window& window : windows) {
    result.held += window.holds;
    result.right += window.right;
  }
  return result;
}

}  // namespace sluice::test
