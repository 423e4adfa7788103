// SPDX-License-Identifier: Apache-2.0
// The pipeline when nothing is wrong with the device: order, bounds, back-pressure, rows, broken pictures, stop.
#include "runtime/stream/stream.hpp"

#include <random>
#include <thread>

#include "runtime/base/top_k.hpp"
#include "tests/unit/runtime/stream/stream_parts.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Stream, delivers_every_picture_in_order) {
  WatchedDevice device = watched({.capacity = 3});
  NumberedSource source(500);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver(), {.top_k = 2});
  ASSERT_TRUE(report.status) << report.status.error().text();
  EXPECT_EQ(keeper.outcomes.size(), 500u);
  EXPECT_EQ(report.statistics.taken, 500u);
  EXPECT_EQ(report.statistics.errors, 0u);
  EXPECT_GT(report.statistics.images_per_s(), 0);
  expect_books_balance(report.statistics, keeper);
  EXPECT_TRUE(device.is_empty());
  EXPECT_LE(device.most_inside, 3);
  const Classification& c = *keeper.outcomes[7].result;
  EXPECT_EQ(c.top, top_k(c.scores, 2));
  EXPECT_GE(c.times.total, c.times.device);
}

TEST(Stream, broken_pictures_are_errors_in_their_place) {
  WatchedDevice device = watched();
  NumberedSource source(40, {0, 7, 8, 39});
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_TRUE(report.status);
  ASSERT_EQ(keeper.outcomes.size(), 40u);
  for (const std::uint64_t i : {0u, 7u, 8u, 39u}) {
    ASSERT_FALSE(keeper.outcomes[i].result);
    EXPECT_THAT(keeper.outcomes[i].result.error().text(), HasSubstr("this PNG is damaged"));
  }
  EXPECT_EQ(report.statistics.errors, 4u);
  expect_books_balance(report.statistics, keeper);
}

TEST(Stream, one_thread_and_one_image_at_a_time_are_enough) {
  WatchedDevice device = watched({.capacity = 8});
  NumberedSource source(50, {3});
  Keeper keeper;
  const StreamReport report =
      run_stream(device, source, keeper.receiver(), {.max_in_device = 1, .max_waiting = 1, .threads = 1});
  ASSERT_TRUE(report.status);
  EXPECT_EQ(keeper.outcomes.size(), 50u);
  EXPECT_EQ(device.most_inside, 1);
}

TEST(Stream, empty_source_is_no_error) {
  WatchedDevice device = watched();
  NumberedSource source(0);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  EXPECT_TRUE(report.status);
  EXPECT_EQ(report.statistics.images_per_s(), 0);
}

TEST(Stream, slow_receiver_holds_back_the_source) {
  WatchedDevice device = watched({.capacity = 2});
  NumberedSource source(60);
  Keeper keeper;
  std::uint64_t most_ahead = 0;
  const Receiver keep = keeper.receiver();
  const Receiver slow = [&](Outcome outcome) {
    std::this_thread::sleep_for(1ms);
    most_ahead = std::max(most_ahead, source.taken - outcome.index);
    return keep(std::move(outcome));
  };
  ASSERT_TRUE(run_stream(device, source, slow, {.max_waiting = 3, .threads = 2}).status);
  // Three tokens, two in the device, one in the receiver's hands.
  EXPECT_LE(most_ahead, 6u);
}

TEST(Stream, rows_are_chosen_per_image) {
  WatchedDevice device = watched({.rows = 3});
  NumberedSource source(30);
  Keeper keeper;
  PipelineOptions options;
  options.rows_for = [](std::uint64_t index) { return ImageRows{static_cast<std::uint32_t>(index % 3), {}}; };
  ASSERT_TRUE(run_stream(device, source, keeper.receiver(), options).status);
  for (const Outcome& outcome : keeper.outcomes) EXPECT_EQ(outcome.result.value().row_id, outcome.index % 3);
}

TEST(Stream, unknown_row_is_that_images_error) {
  WatchedDevice device = watched({.rows = 1});
  NumberedSource source(10);
  Keeper keeper;
  PipelineOptions options;
  options.rows_for = [](std::uint64_t index) { return ImageRows{index == 4 ? 9u : 0u, {}}; };
  const StreamReport report = run_stream(device, source, keeper.receiver(), options);
  ASSERT_TRUE(report.status);
  ASSERT_EQ(keeper.outcomes.size(), 10u);
  EXPECT_THAT(keeper.outcomes[4].result.error().text(), HasSubstr("p4: image 4 asks for row 9"));
  EXPECT_EQ(report.statistics.errors, 1u);
}

TEST(Stream, stop_ends_early_and_delivers_what_was_taken) {
  WatchedDevice device = watched({.capacity = 4, .latency = 1ms});
  NumberedSource source(1'000'000);
  Keeper keeper;
  std::stop_source stop;
  const Receiver keep = keeper.receiver();
  const Receiver stopping = [&](Outcome outcome) {
    if (outcome.index == 20) stop.request_stop();
    return keep(std::move(outcome));
  };
  const StreamReport report = run_stream(device, source, stopping, {}, stop.get_token());
  ASSERT_TRUE(report.status);
  EXPECT_EQ(report.statistics.taken, source.taken);
  EXPECT_EQ(keeper.outcomes.size(), source.taken);
  EXPECT_LT(source.taken, 200u);
  EXPECT_TRUE(device.is_empty());
  expect_books_balance(report.statistics, keeper);
}

TEST(Stream, stopped_before_it_started_takes_nothing) {
  WatchedDevice device = watched();
  NumberedSource source(10);
  Keeper keeper;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(run_stream(device, source, keeper.receiver(), {}, stop.get_token()).status);
  EXPECT_EQ(source.taken, 0u);
}

TEST(Stream, latency_counts_from_the_arrival_the_source_states) {
  class Late final : public Source {
    Result<std::optional<ImageInput>> next(std::stop_token) override {
      if (is_done_) return std::optional<ImageInput>();
      is_done_ = true;
      ImageInput item([] { return Result<Picture>(numbered_picture(0)); }, "p0", 0);
      item.arrived -= 1s;
      return std::optional<ImageInput>(std::move(item));
    }
    bool is_done_ = false;
  };
  WatchedDevice device = watched();
  Late source;
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  EXPECT_GE(report.statistics.total.max(), 1s);
}

}  // namespace
}  // namespace sluice
