// SPDX-License-Identifier: Apache-2.0
// A session when something fails: each accepted image has one outcome, in order, and the sentences tell the story.
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include <sys/resource.h>

#include "runtime/base/errors.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SessionFailure : public OnNullDevice {};

TEST_F(SessionFailure, a_lost_device_gives_its_failure_to_every_future) {
  const auto session = session_on({.capacity = 4, .latency = 1ms, .fail_collect_at = 17});
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

// What may happen to a session, drawn from a seed.
struct Fate {
  NullOptions device;
  SessionOptions session;
  unsigned producers = 1;
  std::uint64_t each = 0;
  std::uint64_t receiver_fails_at = ~0ull, close_at = ~0ull;
};

Fate fate_of(std::mt19937& random) {
  Fate fate;
  fate.device = {.capacity = 1 + random() % 6, .latency = std::chrono::microseconds(random() % 150)};
  if (random() % 3 == 0) fate.device.fail_submit_at = random() % 90;
  if (random() % 3 == 0) fate.device.fail_collect_at = random() % 90;
  fate.session.max_in_device = random() % 8;
  fate.session.max_waiting = random() % 6;
  fate.session.threads = static_cast<int>(random() % 3);
  fate.session.policy = {.row = static_cast<std::uint32_t>(random() % 3), .canary_period = random() % 3};
  fate.producers = 1 + random() % 3;
  fate.each = random() % 40;
  if (random() % 5 == 0) fate.receiver_fails_at = random() % 90;
  if (random() % 4 == 0) fate.close_at = random() % 90;
  return fate;
}

TEST_F(SessionFailure, each_accepted_image_has_one_outcome_in_order_whatever_happens) {
  const unsigned seed = 4242;
  std::mt19937 random(seed);
  const auto pixels = std::make_shared<std::uint8_t[]>(8 * 8 * 3);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Fate fate = fate_of(random);
    std::atomic<std::uint64_t> accepted = 0;
    std::vector<std::uint64_t> heard;  // by receivers
    bool has_lost = false, has_own_after_lost = false;
    auto session = session_on(fate.device, fate.session);
    const auto receive = [&](Outcome outcome) -> Status {
      heard.push_back(outcome.index);
      has_own_after_lost |= has_lost && !outcome.is_lost;
      has_lost |= outcome.is_lost;
      if (outcome.index == fate.receiver_fails_at) return world_error("full disk");
      return ok();
    };
    {
      std::vector<std::jthread> producers;
      for (unsigned p = 0; p < fate.producers; ++p) {
        producers.emplace_back([&, p] {
          for (std::uint64_t i = 0; i < fate.each; ++i) {
            const auto load = [&pixels, i]() -> Result<Picture> {
              if (i % 11 == 5) return user_error("damaged");
              return Picture{8, 8, 3, pixels};
            };
            const Status status = (i + p) % 2 == 0 ? session->submit(numbered_codes(i), receive)
                                                   : session->submit(ImageInput(load, "p"), receive);
            if (!status) break;
            if (++accepted == fate.close_at) (void)bool(session->close());
          }
        });
      }
    }
    if (round % 2 == 0) {
      const Status status = session->close();
      const StreamStatistics s = session->statistics();
      EXPECT_EQ(s.taken, accepted);
      EXPECT_EQ(s.taken, s.delivered + s.lost + s.abandoned);
      EXPECT_EQ(s.accepted, s.delivered - s.errors + s.lost);
      EXPECT_EQ(s.total.count(), s.delivered - s.errors);
      EXPECT_TRUE(!status || s.delivered == s.taken);
    }
    session.reset();
    ASSERT_EQ(heard.size(), accepted);
    for (std::uint64_t i = 0; i < heard.size(); ++i) ASSERT_EQ(heard[i], i) << "out of order, missing or twice";
    EXPECT_FALSE(has_own_after_lost);
  }
}

}  // namespace
}  // namespace sluice::test
