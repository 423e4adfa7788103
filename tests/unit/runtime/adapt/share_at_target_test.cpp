// SPDX-License-Identifier: Apache-2.0
// Windows of a stream at their target, counted by hand.
#include "runtime/adapt/share_at_target.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::milliseconds;

TEST(ShareAtTarget, counts_whole_windows_by_the_time_that_their_images_took) {
  ShareAtTarget share(100, 4);  // four images in 40 ms
  int at_ms = 500;              // when the first one leaves does not matter
  share.add(milliseconds(at_ms));
  const auto add = [&](int images, int each_ms) {
    for (int i = 0; i < images; ++i) share.add(milliseconds(at_ms += each_ms));
  };
  add(3, 50);
  EXPECT_EQ(share.windows(), 0u) << "the first window lacks one";
  add(1, 50);
  EXPECT_EQ(share.windows(), 1u);
  EXPECT_EQ(share.held(), 0u);
  add(4, 10);
  EXPECT_EQ(share.held(), 1u) << "exactly at the target holds";
  add(2, 1);
  add(2, 20);
  EXPECT_EQ(share.windows(), 3u);
  EXPECT_EQ(share.held(), 1u) << "42 ms";
  add(3, 1);
  EXPECT_EQ(share.windows(), 3u);
}

}  // namespace
}  // namespace sluice
