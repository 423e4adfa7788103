// SPDX-License-Identifier: Apache-2.0
// The whole loop on the simulated device: rows change while images stream, the log replays, refusals come first.
#include <gmock/gmock.h>

#include "runtime/adapt/replay.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/drivers/null/null_device.hpp"
#include "runtime/drivers/sim/sim_device.hpp"
#include "runtime/session/session.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/sparse_bundle.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

// Random pictures; from `black_from` on they are black, so that the first layers have nothing to do.
class PixelSource final : public Source {
 public:
  PixelSource(std::uint64_t count, std::uint64_t black_from, std::uint64_t broken = ~0ull)
      : count_(count), black_from_(black_from), broken_(broken) {}
  Result<std::optional<ImageInput>> next(std::stop_token) override {
    if (index_ == count_) return std::optional<ImageInput>();
    const std::uint64_t i = index_++;
    const auto load = [this, i]() -> Result<Picture> {
      if (i == broken_) return user_error("p{}: damaged", i);
      auto pixels = std::make_shared<std::uint8_t[]>(8 * 8 * 3);
      Random random(i);
      for (int p = 0; p < 8 * 8 * 3; ++p)
        pixels[p] = static_cast<unsigned char>(random() % (i < black_from_ ? 128 : 1));
      return Picture{8, 8, 3, std::move(pixels)};
    };
    return std::optional<ImageInput>(ImageInput(load, "p" + std::to_string(i)));
  }

 private:
  const std::uint64_t count_, black_from_, broken_;
  std::uint64_t index_ = 0;
};

class AdaptiveSession : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = sparse_bundle(scratch_);
    ASSERT_TRUE(opened) << opened.error().text();
    bundle_ = std::make_shared<const Bundle>(std::move(opened).value());
    device_ = open_sim_device(*bundle_, {.capacity = 6, .is_paced = false}).value();
  }
  std::filesystem::path log() const { return scratch_.path() / "audit.jsonl"; }

  SessionOptions options(double target) const {
    SessionOptions o;
    o.policy = {.policy = Policy::target_fps, .target_images_per_s = target, .dwell_images = 32};
    o.audit_log = log();
    return o;
  }

  // Rate of row 0 throughout, on random or black pictures.
  double rate_of_row_0(bool is_black) {
    PixelSource source(64, is_black ? 0 : 64);
    const auto session = Session::open(bundle_, open_sim_device(*bundle_, {.is_paced = false}).value()).value();
    return session->run(source, [](Outcome) { return ok(); }).statistics.device_images_per_s();
  }
  // One that row 0 misses on random pictures and holds on black ones.
  double target_between() { return 0.5 * (rate_of_row_0(false) + rate_of_row_0(true)); }

  // Rows of all images, in order.
  StreamReport run(const SessionOptions& o, PixelSource source) {
    rows_.clear();
    auto session = Session::open(bundle_, device_, o);
    if (!session) return {std::move(session).error(), {}};
    return session.value()->run(source, [&](Outcome outcome) -> Status {
      rows_.push_back(outcome.result ? static_cast<int>(outcome.result->row_id) : -1);
      return ok();
    });
  }

  Scratch scratch_;
  std::shared_ptr<const Bundle> bundle_;
  std::shared_ptr<Device> device_;
  std::vector<int> rows_;
};

TEST_F(AdaptiveSession, goes_to_the_densest_row_when_pictures_allow_and_replays) {
  const StreamReport report = run(options(target_between()), PixelSource(600, 300));
  ASSERT_TRUE(report.status) << report.status.error().text();
  ASSERT_EQ(rows_.size(), 600u);
  ASSERT_GT(rate_of_row_0(true), 1.1 * rate_of_row_0(false))
      << "the pictures must differ for this test to say anything";
  EXPECT_NE(rows_[200], 0);
  EXPECT_EQ(rows_[598], 0) << "black pictures cost nothing; the most accurate row holds the rate";
  const auto audit = read_audit_log(log());
  ASSERT_TRUE(audit) << audit.error().text();
  EXPECT_TRUE(audit.value().has_end);
  const Replay again = replay(audit.value());
  EXPECT_EQ(again.differences, 0u) << again.first_difference;
  EXPECT_EQ(again.images, 600u);
  EXPECT_GE(again.switches, 1u);
}

TEST_F(AdaptiveSession, rows_do_not_depend_on_the_timing_of_threads) {
  ASSERT_TRUE(run(options(target_between()), PixelSource(400, 200)).status);
  const std::vector<int> first = rows_;
  for (const int threads : {1, 2}) {
    device_ = open_sim_device(*bundle_, {.capacity = 6, .is_paced = false}).value();
    SessionOptions o = options(target_between());
    o.threads = threads;
    ASSERT_TRUE(run(o, PixelSource(400, 200)).status);
    EXPECT_EQ(rows_, first) << threads << " threads";
  }
}

TEST_F(AdaptiveSession, a_picture_that_cannot_be_read_teaches_nothing_and_breaks_nothing) {
  const StreamReport report = run(options(target_between()), PixelSource(200, 100, 57));
  ASSERT_TRUE(report.status) << report.status.error().text();
  EXPECT_EQ(report.statistics.errors, 1u);
  EXPECT_EQ(rows_[57], -1);
  const auto audit = read_audit_log(log());
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit.value().images.size(), 199u);
  EXPECT_EQ(replay(audit.value()).differences, 0u);
}

TEST_F(AdaptiveSession, refusals_come_before_anything_runs) {
  SessionOptions o = options(1000);
  o.policy.row = 3;
  EXPECT_THAT(run(o, PixelSource(5, 0)).status.error().text(), HasSubstr("row 3 is not in the design table"));
  device_ = open_null_device(bundle_->network()).value();
  EXPECT_THAT(run(options(1000), PixelSource(5, 0)).status.error().text(), HasSubstr("--device sim"));
  EXPECT_TRUE(rows_.empty());
  EXPECT_FALSE(std::filesystem::exists(log()));
}

TEST_F(AdaptiveSession, canaries_are_computed_besides_and_each_image_is_answered_once_by_the_row_in_charge) {
  SessionOptions o;
  o.policy = {.policy = Policy::min_accuracy, .most_disagreement = 0.9, .canary_period = 10};
  o.audit_log = log();
  auto session = Session::open(bundle_, device_, o).value();
  PixelSource source(2400, 2400);
  std::vector<int> rows;
  std::uint64_t next = 0;
  const StreamReport report = session->run(source, [&](Outcome outcome) -> Status {
    EXPECT_EQ(outcome.index, next++);
    rows.push_back(static_cast<int>(outcome.result.value().row_id));
    return ok();
  });
  ASSERT_TRUE(report.status) << report.status.error().text();
  ASSERT_EQ(rows.size(), 2400u);
  EXPECT_EQ(rows[1900], 0) << "below 200 canaries nothing is known";
  EXPECT_NE(rows[2399], 0) << "nearly every disagreement is allowed";
  EXPECT_TRUE(session->disagreement_bound(1));
  const StreamStatistics& s = report.statistics;
  EXPECT_EQ(s.taken, 2400u);
  EXPECT_EQ(s.delivered, 2400u);
  EXPECT_EQ(s.accepted, 2400u);
  auto audit = read_audit_log(log());
  ASSERT_TRUE(audit) << audit.error().text();
  std::uint64_t canaries = 0;
  for (std::size_t i = 0; i < audit->images.size(); ++i) {
    EXPECT_EQ(int(audit->images[i].seen.row), rows[i]);
    canaries += audit->images[i].canaries.size();
  }
  EXPECT_EQ(s.canaries, canaries);
  EXPECT_GE(canaries, 240u);
  const Replay again = replay(audit.value());
  EXPECT_EQ(again.differences, 0u) << again.first_difference;
}

TEST_F(AdaptiveSession, a_log_that_cannot_be_written_ends_the_stream_with_its_reason) {
  SessionOptions o = options(1000);
  o.audit_log = scratch_.path() / "absent" / "log";
  const StreamReport report = run(o, PixelSource(5, 0));
  ASSERT_FALSE(report.status);
  EXPECT_THAT(report.status.error().text(), HasSubstr("audit log"));
  EXPECT_TRUE(rows_.empty());
}

}  // namespace
}  // namespace sluice::test
