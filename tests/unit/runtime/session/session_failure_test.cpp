// SPDX-License-Identifier: Apache-2.0
// A session when something fails: each accepted image has one outcome, in order, and the sentences tell the story.
#include <csignal>

#include <sys/resource.h>

#include "runtime/adapt/replay.hpp"
#include "runtime/base/errors.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = InjectedFault::Kind;

class SessionFailure : public OnNullDevice {};

TEST_F(SessionFailure, a_lost_device_gives_its_failure_to_every_future) {
  const auto session = Session::open(bundle_, null_device({.capacity = 4, .latency = 1ms}, {{Kind::lose, 17}})).value();
  std::vector<std::future<Outcome>> futures;
  std::string refusal;
  while (refusal.empty()) {
    auto future = session->submit(numbered_codes(futures.size()));
    if (future)
      futures.push_back(std::move(future).value());
    else
      refusal = future.error().text();
  }
  ASSERT_GT(futures.size(), 17u);
  for (std::size_t i = 0; i < futures.size(); ++i) {
    const Outcome outcome = futures[i].get();
    EXPECT_EQ(outcome.index, i);
    EXPECT_EQ(bool(outcome.result), i < 17) << i;
    EXPECT_EQ(outcome.is_lost, i >= 17);
    if (i < 17) {
      EXPECT_EQ(outcome.result.value().scores, scores_of(i));
    } else {
      EXPECT_EQ(outcome.result.error().fault(), Fault::world);
      EXPECT_THAT(outcome.result.error().text(),
                  HasSubstr("image " + std::to_string(i) + " is lost: null: collecting image 17 failed"));
    }
  }
  EXPECT_THAT(refusal, HasSubstr("it had failed before: null: collecting image 17 failed"));
  EXPECT_THAT(session->status().error().text(), HasSubstr("collecting image 17 failed"));
  EXPECT_THAT(session->close().error().text(), HasSubstr("17 were delivered"));
  const StreamStatistics s = session->statistics();
  EXPECT_EQ(s.taken, futures.size());
  EXPECT_EQ(s.taken, s.delivered + s.lost + s.abandoned);
}

// The first device dies with images inside; every sentence and number of it.
TEST_F(SessionFailure, a_second_device_takes_over_and_answers_what_the_first_one_owed) {
  const Scratch scratch;
  const auto log = scratch.path() / "audit.jsonl";
  std::vector<Takeover> told;
  SessionOptions options{.audit_log = log, .max_in_device = 4};
  options.on_takeover = [&](const Takeover& takeover) { told.push_back(takeover); };
  const NullOptions null{.capacity = 4, .latency = 1ms};
  auto opened = Session::open(bundle_, Devices{null_device(null, {{Kind::lose, 17}}), null_device(null)}, options);
  ASSERT_TRUE(opened) << opened.error().text();
  Session& session = *opened.value();
  std::vector<std::future<Outcome>> futures;
  for (std::uint64_t i = 0; i < 60; ++i) futures.push_back(session.submit(numbered_codes(i)).value());
  std::chrono::nanoseconds latest{0};
  for (std::uint64_t i = 0; i < futures.size(); ++i) {
    Outcome outcome = futures[i].get();
    ASSERT_TRUE(outcome.result) << outcome.result.error().text();
    EXPECT_EQ(outcome.index, i);
    EXPECT_EQ(outcome.result->scores, scores_of(i));
    EXPECT_GE(outcome.result->completed_at, latest) << "the clock of answers went back";
    latest = outcome.result->completed_at;
  }
  ASSERT_TRUE(session.close());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_GE(told[0].resubmitted_images, 1u);
  EXPECT_LE(told[0].resubmitted_images, 4u);
  EXPECT_THAT(told[0].told(),
              testing::MatchesRegex("null is lost: null: collect.. number 17 failed, as it was told to; "
                                    "null takes over, [1-4] images? submitted again"));
  EXPECT_EQ(session.takeovers(), 1u);
  EXPECT_EQ(session.resubmitted_images(), told[0].resubmitted_images);
  const auto audit = read_audit_log(log);
  ASSERT_TRUE(audit) << audit.error().text();
  ASSERT_EQ(audit.value().takeovers.size(), 1u);
  EXPECT_EQ(audit.value().takeovers[0].takeover.told(), told[0].told());
  EXPECT_LE(audit.value().takeovers[0].after_images, 17u);
  EXPECT_EQ(replay(audit.value()).differences, 0u);
}

TEST_F(SessionFailure, the_last_device_tells_that_no_other_is_left) {
  const Devices both{null_device({}, {{Kind::cut, 2}}), null_device({}, {{Kind::refuse, 5}})};
  const auto session = Session::open(bundle_, both).value();
  std::vector<std::future<Outcome>> futures;
  for (auto next = session->submit(numbered_codes(0)); next; next = session->submit(numbered_codes(futures.size())))
    futures.push_back(std::move(next).value());
  for (std::size_t i = 0; i < futures.size(); ++i) {
    const Outcome outcome = futures[i].get();
    EXPECT_EQ(outcome.is_lost, !outcome.result);
    if (outcome.result) {
      EXPECT_EQ(outcome.result.value().scores, scores_of(i));
    }
  }
  EXPECT_THAT(session->close().error().text(), HasSubstr("submit() number 5 failed, as it was told to; no other device "
                                                         "is left to take over"));
  EXPECT_EQ(session->takeovers(), 1u);
}

TEST_F(SessionFailure, a_device_that_never_answers_is_lost_after_the_limit) {
  SessionOptions options;
  options.answer_limit = 150ms;
  const auto alone = Session::open(bundle_, null_device({}, {{Kind::hang, 3}}), options).value();
  std::vector<std::future<Outcome>> futures;
  for (std::uint64_t i = 0; i < 5; ++i) futures.push_back(alone->submit(numbered_codes(i)).value());
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(futures[i].get().is_lost, i >= 3) << i;
  EXPECT_THAT(alone->close().error().text(), HasSubstr("no answer for 0.15 s with 2 images inside"));
}

TEST_F(SessionFailure, devices_whose_rates_do_not_compare_cannot_stand_in_for_each_other) {
  const auto refused = [](const std::string& devices) {
    const auto opened = open_devices(devices, *bundle_);
    if (!opened) return opened.error().text();
    return Session::open(bundle_, opened.value()).error().text();
  };
  EXPECT_THAT(refused("cpu,sim"),
              HasSubstr("sim cannot stand in for cpu: rates of one are simulated, of the other me"));
  EXPECT_THAT(refused("cpu,null"), HasSubstr("null computes nothing"));
  EXPECT_THAT(refused("cpu,cqu"), HasSubstr("device \"cqu\" is not known"));
  EXPECT_THAT(refused(","), HasSubstr("no device is named"));
}

// Files of this process end at so many bytes while it lives.
class ShortFiles {
 public:
  explicit ShortFiles(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit shorter{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &shorter);
  }
  ~ShortFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  void (*const signal_)(int) = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_{};
};

TEST_F(SessionFailure, a_log_that_grows_no_further_ends_the_session_and_no_image_is_without_an_outcome) {
  const Scratch scratch;
  const auto session = session_on({}, {.audit_log = scratch.path() / "audit.jsonl"});
  const ShortFiles short_files(64 * 1024);
  int lost = 0, heard = 0;
  const auto receive = [&](const Outcome& outcome) {
    ++heard;
    lost += outcome.is_lost;
    return ok();
  };
  std::uint64_t accepted = 0;
  while (accepted < 5000 && session->submit(numbered_codes(0), receive)) ++accepted;
  const Status status = session->close();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), HasSubstr("audit.jsonl: write failed: File too large (EFBIG, 27)"));
  EXPECT_EQ(static_cast<std::uint64_t>(heard), accepted);
  EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace sluice::test
