// SPDX-License-Identifier: Apache-2.0
// A board outlives its hosts, and keeps what they left in its channels: whatever one that is killed, or a device that
// has failed, leaves on it, the next one is right, counters included; and it would not be, were the board not cleared.
#include <chrono>
#include <thread>

#include <gmock/gmock.h>

#include "runtime/base/errors.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/board/host_process.hpp"
#include "tests/board/stand_in.hpp"
#include "tests/conformance/bundle_with_rows.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice::test {
namespace {

using board::Fault;
using std::chrono::milliseconds;
using Tell = HostProcess::Tell;

constexpr std::size_t kCapacity = 6;
constexpr std::uint64_t kOldPicture = 0, kNewPicture = 50;  // the first of a host that fails, and of the next one
// Of a host that is to stall. Opening must take less, on a loaded machine too.
constexpr std::chrono::seconds kStall{5};
constexpr std::chrono::minutes kNoStall{2};  // of one that is only slow where the machine is loaded

class BoardHosts : public testing::Test {
 protected:
  void SetUp() override {
    bundle_.emplace(bundle_with_rows(tiny_network(), scratch_).value());
    ASSERT_TRUE(StandIn::instance().binary_of(*bundle_));
  }

  board::BoardState& state() { return StandIn::instance().state(); }

  static ImageTask task(std::uint64_t image, std::uint64_t first_picture) {
    return {image, static_cast<std::uint32_t>(image % 3), tiny_codes(first_picture + image)};
  }

  // Keeps the board full, and tells when its first images are on their way.
  void be_a_busy_host(const Tell& tell) {
    auto device = StandIn::instance().open(*bundle_, {.capacity = kCapacity, .stall_time = kNoStall});
    if (!device) return tell(device.error().text());
    for (std::uint64_t i = 0;; ++i) {
      if (i >= kCapacity && !(*device)->collect()) return tell("a failed collect");
      if (!(*device)->submit(task(i, kOldPicture))) return tell("a failed submit");
      if (i == kCapacity - 1) tell("busy");
    }
  }

  // Launches one image for which this kernel never begins, and waits for it.
  void be_a_host_without(const char* kernel, const Tell& tell) {
    auto device = StandIn::instance().open(*bundle_, {.capacity = 3, .stall_time = kNoStall});
    if (!device) return tell(device.error().text());
    state().fault(Fault::swallowed_launch, 0, kernel);
    if (!(*device)->submit(task(0, kOldPicture))) return tell("a failed submit");
    tell("waiting");
    (void)(*device)->collect();
  }

  // "old", "new" or "other": whose scores and counters these are.
  std::string whose(const ImageScores& scores) {
    std::string of_scores = "other", of_counters = "other";
    const auto thresholds = bundle_->table().thresholds(bundle_->network(), bundle_->netlist(), scores.image_id % 3);
    for (const auto& [first_picture, name] : {std::pair{kOldPicture, "old"}, std::pair{kNewPicture, "new"}}) {
      const auto codes = tiny_codes(first_picture + scores.image_id);
      const auto maps = run_reference(bundle_->network(), codes, thresholds);
      if (scores.scores == maps.back()) of_scores = name;
      if (scores.counters == reference_counters(bundle_->design(), codes, maps, thresholds)) of_counters = name;
    }
    return "scores " + of_scores + ", counters " + of_counters;
  }

  // Tells of each of its images, or what went wrong.
  void be_the_next_host(std::size_t images, const Tell& tell) {
    auto device = StandIn::instance().open(*bundle_, {.capacity = kCapacity, .stall_time = kNoStall});
    if (!device) return tell(device.error().text());
    for (std::uint64_t i = 0; i < images; ++i) {
      if (!(*device)->submit(task(i, kNewPicture))) return tell("a failed submit");
    }
    for (std::uint64_t i = 0; i < images; ++i) {
      auto scores = (*device)->collect();
      if (!scores) return tell(scores.error().text());
      tell(whose(*scores));
    }
  }

  void expect_the_next_host_right() {
    HostProcess next([&](const Tell& tell) { be_the_next_host(kCapacity, tell); });
    for (std::size_t i = 0; i < kCapacity; ++i) EXPECT_EQ(next.hear(), "scores new, counters new") << "image " << i;
  }

  // Kills a host for whose image this kernel has not begun; beats stay in channels.
  void leave_an_image_inside(const char* kernel) {
    HostProcess dead([&](const Tell& tell) { be_a_host_without(kernel, tell); });
    ASSERT_EQ(dead.hear(), "waiting");
    while (state().beats_inside == 0) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(100));  // the image is as far as it comes
    ASSERT_TRUE(dead.kill());
    std::this_thread::sleep_for(milliseconds(100));
    ASSERT_GT(state().beats_inside, 0u) << "nothing stayed on the board";
  }

  // After a host that died while this kernel had not begun, the next one gets `mixed` from a board that is not
  // programmed, and its own from one that is.
  void expect_only_programming_clears(const char* kernel, const std::string& mixed) {
    ASSERT_NO_FATAL_FAILURE(leave_an_image_inside(kernel));
    state().fault(Fault::kept_image, 0);
    {
      HostProcess wrong([&](const Tell& tell) { be_the_next_host(1, tell); });
      EXPECT_EQ(wrong.hear(), mixed) << "the plant does not show";
    }
    ASSERT_NO_FATAL_FAILURE(leave_an_image_inside(kernel));
    expect_the_next_host_right();
  }

  const Scratch scratch_;
  std::optional<Bundle> bundle_;
};

TEST_F(BoardHosts, some_that_are_killed_at_any_time_are_followed_by_one_that_is_right) {
  for (const int after_ms : {0, 1, 7}) {
    HostProcess dead([&](const Tell& tell) { be_a_busy_host(tell); });
    ASSERT_EQ(dead.hear(), "busy");
    std::this_thread::sleep_for(milliseconds(after_ms));
    ASSERT_TRUE(dead.kill()) << "the host ended by itself";
  }
  expect_the_next_host_right();
}

TEST_F(BoardHosts, scores_of_a_dead_host_stay_on_a_board_that_is_not_programmed) {
  expect_only_programming_clears("sink", "scores old, counters new");
}

TEST_F(BoardHosts, counters_of_a_dead_host_stay_on_a_board_that_is_not_programmed) {
  expect_only_programming_clears("collector", "scores new, counters old");
}

// Launches queued after the one that stalls begin when the kernels are reset; they must not take the next device's
// images (runtime/drivers/fpga/hardware.hpp).
TEST_F(BoardHosts, after_a_device_that_stalled_the_next_one_of_the_same_process_is_right) {
  HostProcess both([&](const Tell& tell) {
    {
      auto device = StandIn::instance().open(*bundle_, {.capacity = kCapacity, .stall_time = kStall});
      if (!device) return tell(device.error().text());
      state().fault(Fault::silent_launch, 0, "collector");
      for (std::uint64_t i = 0; i < kCapacity; ++i) {
        if (!(*device)->submit(task(i, kOldPicture))) return tell("a failed submit");
      }
      const auto scores = (*device)->collect();
      tell(scores ? "an answer" : scores.error().text());
    }
    be_the_next_host(kCapacity, tell);
  });
  EXPECT_THAT(both.hear(), testing::HasSubstr("of its launches source is done, sink done, collector not done"));
  for (std::size_t i = 0; i < kCapacity; ++i) EXPECT_EQ(both.hear(), "scores new, counters new") << "image " << i;
}

}  // namespace
}  // namespace sluice::test
