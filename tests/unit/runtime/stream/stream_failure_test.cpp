// SPDX-License-Identifier: Apache-2.0
// The pipeline when something fails: nothing twice, nothing out of order, the books balance, the sentence tells it.
#include <random>

#include "runtime/base/errors.hpp"
#include "runtime/stream/stream.hpp"
#include "tests/unit/runtime/stream/stream_parts.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = InjectedFault::Kind;

TEST(StreamFailure, device_lost_while_collecting) {
  WatchedDevice device = watched({.capacity = 4, .latency = 1ms}, {{Kind::lose, 17}});
  NumberedSource source(1000);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_FALSE(report.status);
  EXPECT_EQ(report.status.error().fault(), Fault::world);
  EXPECT_THAT(report.status.error().text(), HasSubstr("null: collecting p17 failed: null: collect() number 17 failed"));
  EXPECT_THAT(report.status.error().text(), HasSubstr("17 were delivered"));
  EXPECT_EQ(keeper.outcomes.size(), 17u);
  EXPECT_GE(report.statistics.lost, 1u);
  EXPECT_LE(report.statistics.lost, 4u);
  EXPECT_LT(source.taken, 100u);
  expect_books_balance(report.statistics, keeper);
}

TEST(StreamFailure, device_lost_while_submitting_still_gives_what_is_inside) {
  WatchedDevice device = watched({.capacity = 4, .latency = 1ms}, {{Kind::refuse, 17}});
  NumberedSource source(1000);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_FALSE(report.status);
  EXPECT_THAT(report.status.error().text(), HasSubstr("submitting p17 failed"));
  EXPECT_EQ(keeper.outcomes.size(), 17u);
  EXPECT_EQ(report.statistics.accepted, 17u);
  EXPECT_EQ(report.statistics.lost, 0u);
  EXPECT_TRUE(device.is_empty());
  expect_books_balance(report.statistics, keeper);
}

TEST(StreamFailure, source_lost_delivers_what_was_taken) {
  WatchedDevice device = watched();
  NumberedSource source(1000);
  source.fail_at = 25;
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_FALSE(report.status);
  EXPECT_THAT(report.status.error().text(), HasSubstr("the source of pictures failed: camera unplugged"));
  EXPECT_EQ(keeper.outcomes.size(), 25u);
  EXPECT_TRUE(device.is_empty());
}

TEST(StreamFailure, receiver_refuses_and_the_device_is_left_empty) {
  WatchedDevice device = watched({.capacity = 4, .latency = 1ms});
  NumberedSource source(1000);
  Keeper keeper;
  const Receiver keep = keeper.receiver();
  const Receiver full_disk = [&](Outcome outcome) -> Status {
    if (outcome.index == 9) return world_error("out.csv: write failed: No space left on device (ENOSPC, 28)");
    return keep(std::move(outcome));
  };
  const StreamReport report = run_stream(device, source, full_disk);
  ASSERT_FALSE(report.status);
  EXPECT_THAT(report.status.error().text(), HasSubstr("ENOSPC"));
  EXPECT_EQ(keeper.outcomes.size(), 9u);
  EXPECT_TRUE(device.is_empty());
  expect_books_balance(report.statistics, keeper);
}

TEST(StreamFailure, receiver_that_throws_is_a_bug) {
  WatchedDevice device = watched();
  NumberedSource source(100);
  const Receiver throwing = [](Outcome) -> Status { throw std::runtime_error("oops"); };
  const StreamReport report = run_stream(device, source, throwing);
  ASSERT_FALSE(report.status);
  EXPECT_EQ(report.status.error().fault(), Fault::bug);
  EXPECT_THAT(report.status.error().text(), HasSubstr("oops"));
}

TEST(StreamFailure, receiver_without_memory_is_the_machines_fault) {
  WatchedDevice device = watched();
  NumberedSource source(100);
  const Receiver throwing = [](Outcome) -> Status { throw std::bad_alloc(); };
  const StreamReport report = run_stream(device, source, throwing);
  ASSERT_FALSE(report.status);
  EXPECT_EQ(report.status.error().fault(), Fault::world);
  EXPECT_THAT(report.status.error().text(), HasSubstr("memory"));
}

// Each on another thread of the stream: the collecting one, and oneTBB's.
TEST(StreamFailure, exceptions_of_the_device_come_through) {
  class Throwing final : public Device {
   public:
    explicit Throwing(bool when_submitting) : when_submitting_(when_submitting) {}
    DeviceInfo info() const override { return {"throwing", "", "measured"}; }
    std::size_t capacity() const override { return 2; }
    Status submit(ImageTask) override {
      if (when_submitting_) throw std::bad_alloc();
      return ok();
    }
    Result<ImageScores> collect() override { throw std::bad_alloc(); }
    std::vector<KernelTime> kernel_times() const override { return {}; }

   private:
    bool when_submitting_;
  };
  for (const bool when_submitting : {false, true}) {
    Throwing device(when_submitting);
    NumberedSource source(10);
    Keeper keeper;
    const StreamReport report = run_stream(device, source, keeper.receiver());
    ASSERT_FALSE(report.status);
    EXPECT_EQ(report.status.error().fault(), Fault::world);
    EXPECT_THAT(report.status.error().text(), HasSubstr("memory"));
    EXPECT_TRUE(keeper.outcomes.empty());
  }
}

TEST(StreamFailure, device_that_mixes_up_images_is_a_bug) {
  class Liar final : public Device {
   public:
    DeviceInfo info() const override { return {"liar", "", "measured"}; }
    std::size_t capacity() const override { return 1; }
    Status submit(ImageTask) override { return ok(); }
    Result<ImageScores> collect() override { return ImageScores{99, 0, {1, 2, 3, 4, 5}, 0ns}; }
    std::vector<KernelTime> kernel_times() const override { return {}; }
  };
  Liar device;
  NumberedSource source(10);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_FALSE(report.status);
  EXPECT_EQ(report.status.error().fault(), Fault::bug);
  EXPECT_TRUE(keeper.outcomes.empty());
}

TEST(StreamFailure, an_answer_without_all_its_scores_is_a_bug) {
  WatchedDevice device = watched({}, {{Kind::cut, 3}});
  NumberedSource source(10);
  Keeper keeper;
  const StreamReport report = run_stream(device, source, keeper.receiver());
  ASSERT_FALSE(report.status);
  EXPECT_EQ(report.status.error().fault(), Fault::bug);
  EXPECT_THAT(report.status.error().text(), HasSubstr("image 3 came out with 4 scores for 5 classes"));
  EXPECT_EQ(keeper.outcomes.size(), 3u);
}

// Random sizes, threads, broken pictures, failures and stops; the books balance and the order holds in all of them.
TEST(StreamFailure, books_balance_whatever_happens) {
  const unsigned seed = 31337;
  std::mt19937 random(seed);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const std::uint64_t count = random() % 80;
    std::set<std::uint64_t> broken;
    for (unsigned i = 0; i < random() % 20; ++i) broken.insert(random() % 80);
    NullOptions how{.capacity = 1 + random() % 6, .latency = std::chrono::microseconds(random() % 200)};
    std::vector<InjectedFault> faults;
    if (random() % 4 == 0) faults.push_back({Kind::refuse, random() % 80});
    if (random() % 4 == 0) faults.push_back({Kind::lose, random() % 80});
    WatchedDevice device = watched(how, faults);
    NumberedSource source(count, broken);
    if (random() % 6 == 0) source.fail_at = random() % 80;
    std::stop_source stop;
    const std::uint64_t stop_at = random() % 3 == 0 ? random() % 80 : 1000;
    Keeper keeper;
    const Receiver keep = keeper.receiver();
    const Receiver receiver = [&](Outcome outcome) {
      if (outcome.index == stop_at) stop.request_stop();
      return keep(std::move(outcome));
    };
    const PipelineOptions options{
        .max_in_device = random() % 8, .max_waiting = random() % 5, .threads = static_cast<int>(random() % 4)};
    const StreamReport report = run_stream(device, source, receiver, options, stop.get_token());
    expect_books_balance(report.statistics, keeper);
    EXPECT_LE(device.most_inside, static_cast<int>(how.capacity));
    if (report.status) {
      EXPECT_EQ(report.statistics.lost + report.statistics.abandoned, 0u);
      EXPECT_EQ(keeper.outcomes.size(), source.taken);
      if (stop_at == 1000) {
        EXPECT_EQ(source.taken, count);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
