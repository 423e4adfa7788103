// SPDX-License-Identifier: Apache-2.0
// Windows: what a pass over a drifting stream is judged by.
//
// Why: a rate is held or not over a stretch of images, and what comes at once after a change of scene nobody can know.
// A window is 500 images, the first 2,000 or more after a change of scene; it holds when its images take no longer than
// 500 at the target rate.
//
// Before: a pass or a row of a recording. After: its windows, in order.
#pragma once

#include "tests/adapt/recording.hpp"

namespace sluice::test {

constexpr std::uint64_t kWindow = 500, kSettled = 2000;
constexpr double kHold = 0.99;  // share of windows that are to hold

struct Window {
  bool holds = false;
  double right = 0;  // share of its images
};

// Share of windows that hold and accuracy in them, over one pass or several.
struct Judged {
  std::size_t windows = 0, held = 0, switches = 0;
  double right = 0;  // sum of windows' shares

  double share() const { return windows == 0 ? 0 : double(held) / double(windows); }
  double top1() const { return windows == 0 ? 0 : 100 * right / double(windows); }
  void add(const Judged& other) {
    windows += other.windows;
    held += other.held;
    switches += other.switches;
    right += other.right;
  }
};

// Every scene must hold a window.
Status check_scenes(const example::Drift& drift, const std::string& script);

// Every image under one row.
Pass under_row(const Recording& recording, std::uint32_t row);

std::vector<Window> windows_of(const Pass& pass, const example::Drift& drift, double target_images_per_s);
Judged judged(const std::vector<Window>& windows, std::size_t switches);

}  // namespace sluice::test
