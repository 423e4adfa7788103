// SPDX-License-Identifier: Apache-2.0
// WindowCompletions decides as window.cl does: its few lines, copied by hand, beat by beat over random windows.
#include "runtime/bundle/window_completions.hpp"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

// window.cl's outer loop with one channel group: `pixels` of each beat.
std::vector<std::int64_t> as_in_kernel(const Window& w, const MapShape& in, const MapShape& out, int together) {
  std::vector<std::int64_t> all;
  int due_y = 0, due_x = 0;
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < in.width; x += together) {
      int pixels = 0;
      const int last_tap_y = due_y * w.stride_h - w.pad_top + w.kernel_h - 1;
      const int last_tap_x = due_x * w.stride_w - w.pad_left + w.kernel_w - 1;
      const bool row_is_complete = last_tap_y == y || (y == in.height - 1 && last_tap_y > y);
      const bool is_last_of_row = x == in.width - together;
      const bool is_last_of_map = is_last_of_row && y == in.height - 1;
      if (due_y < out.height && row_is_complete) {
        if (is_last_of_map) {
          pixels = (out.height - due_y) * out.width - due_x;
        } else if (is_last_of_row) {
          pixels = out.width - due_x;
        } else {
          for (int p = 0; p < together; ++p)
            pixels += due_x + pixels < out.width && last_tap_x + pixels * w.stride_w < x + together;
        }
      }
      if (pixels > 0) {
        const bool is_row_end = is_last_of_row || due_x + pixels == out.width;
        due_y = is_last_of_map ? out.height : is_row_end ? due_y + 1 : due_y;
        due_x = is_row_end ? 0 : due_x + pixels;
      }
      all.push_back(pixels);
    }
  }
  return all;
}

class WindowCompletionSeeds : public ::testing::TestWithParam<unsigned> {};

TEST_P(WindowCompletionSeeds, are_those_of_the_kernel) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  std::mt19937 random(GetParam());
  const auto between = [&](int low, int high) { return low + int(random() % unsigned(high - low + 1)); };
  for (int round = 0; round < 500; ++round) {
    const int together = between(1, 4);
    Window w{between(1, 6), between(1, 6), between(1, 4), between(1, 4)};
    w.pad_top = between(0, w.kernel_h - 1), w.pad_left = between(0, w.kernel_w - 1);
    w.pad_bottom = between(0, w.kernel_h - 1), w.pad_right = between(0, w.kernel_w - 1);
    const MapShape in{between(1, 12), together * between(1, 6), 1};
    const int free_rows = in.height + w.pad_top + w.pad_bottom - w.kernel_h,
              free_columns = in.width + w.pad_left + w.pad_right - w.kernel_w;
    if (free_rows < 0 || free_columns < 0) continue;
    const MapShape out{free_rows / w.stride_h + 1, free_columns / w.stride_w + 1, 1};
    const WindowCompletions completions(w, in, out, together);
    std::vector<std::int64_t> all;
    for (int y = 0; y < in.height; ++y) all.insert(all.end(), completions.row(y).begin(), completions.row(y).end());
    const std::vector<std::int64_t> expected = as_in_kernel(w, in, out, together);
    ASSERT_EQ(all, expected) << fmt::format("round {}: {}x{} of {}x{} by {}x{}, pads {} {} {} {}, {} together", round,
                                            w.kernel_h, w.kernel_w, in.height, in.width, w.stride_h, w.stride_w,
                                            w.pad_top, w.pad_left, w.pad_bottom, w.pad_right, together);
    std::int64_t sum = 0, beats = 0;
    for (const std::int64_t pixels : all) sum += pixels, beats += pixels > 0;
    EXPECT_EQ(sum, out.size());
    EXPECT_EQ(completions.completing_beats(), beats);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, WindowCompletionSeeds, ::testing::Range(1u, 11u));

}  // namespace
}  // namespace sluice
