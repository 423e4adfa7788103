// SPDX-License-Identifier: Apache-2.0
// A session whose device is well: many threads, futures and receivers, order, back-pressure, policies, its end.
#include "runtime/session/session.hpp"

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include "runtime/adapt/replay.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/handover.hpp"
#include "runtime/drivers/sim/sim_device.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SessionTest : public OnNullDevice {};

// Of this process, from /proc/self/status.
long status_number(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key + ":")) return std::stol(line.substr(key.size() + 1));
  return -1;
}

TEST_F(SessionTest, many_threads_submit_and_each_future_holds_its_own_image) {
  const auto session = session_on({.capacity = 5});
  constexpr std::uint64_t kThreads = 4, kEach = 400;
  std::vector<std::jthread> threads;
  std::vector<std::vector<std::future<Outcome>>> futures(kThreads);
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < kEach; ++i)
        futures[t].push_back(session->submit(numbered_codes(t * kEach + i)).value());
    });
  }
  threads.clear();
  std::vector<bool> is_there(kThreads * kEach);
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    std::optional<std::uint64_t> before;
    for (std::uint64_t i = 0; i < kEach; ++i) {
      const Outcome outcome = futures[t][i].get();
      ASSERT_TRUE(outcome.result) << outcome.result.error().text();
      EXPECT_EQ(outcome.result.value().scores, scores_of(t * kEach + i));
      EXPECT_FALSE(is_there.at(outcome.index)) << "twice";
      is_there[outcome.index] = true;
      EXPECT_TRUE(!before || outcome.index > *before) << "a thread's images keep their order";
      before = outcome.index;
    }
  }
  EXPECT_EQ(session->statistics().delivered, kThreads * kEach) << "counted before the last future is there";
  EXPECT_TRUE(session->close());
}

TEST_F(SessionTest, receivers_hear_of_pictures_loads_and_codes_in_order) {
  const auto session = session_on({.capacity = 3});
  const auto pixels = std::make_shared<std::uint8_t[]>(8 * 8 * 3);
  std::vector<std::uint64_t> heard;
  std::vector<std::string> errors;
  const auto receive = [&](Outcome outcome) {
    heard.push_back(outcome.index);
    if (!outcome.result) errors.push_back(outcome.result.error().text());
    return ok();
  };
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto load = [&pixels, i]() -> Result<Picture> {
      if (i == 20) return user_error("p20: damaged");
      if (i == 23) throw std::runtime_error("no such codec");
      return Picture{8, 8, 3, pixels};
    };
    ImageInput image = i % 3 == 0   ? ImageInput(numbered_codes(i))
                       : i % 3 == 1 ? ImageInput(Picture{8, 8, 3, i == 31 ? nullptr : pixels})
                                    : ImageInput(load, "p" + std::to_string(i));
    if (i == 42) image.content = ImageInput::Codes(7);
    ASSERT_TRUE(session->submit(std::move(image), receive));
  }
  ASSERT_TRUE(session->close());
  ASSERT_EQ(heard.size(), 60u);
  for (std::uint64_t i = 0; i < 60; ++i) EXPECT_EQ(heard[i], i);
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_EQ(errors[0], "p20: damaged");
  EXPECT_THAT(errors[1], HasSubstr("p23: decoding failed: no such codec"));
  EXPECT_THAT(errors[2], HasSubstr("image 31: a picture of 8 x 8 pixels with 3 channels and no memory"));
  EXPECT_THAT(errors[3], HasSubstr("image 42: image 42 has 7 codes"));
  EXPECT_EQ(session->statistics().errors, 4u);
}

TEST_F(SessionTest, back_pressure_bounds_what_is_accepted) {
  const auto session = session_on({.capacity = 3}, {.max_waiting = 4});
  std::latch gate(1);
  std::atomic<int> accepted = 0;
  std::jthread producer([&] {
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(session->submit(numbered_codes(0), [&gate](const Outcome&) {
        gate.wait();
        return ok();
      }));
      ++accepted;
    }
  });
  for (int left = 200; left > 0 && accepted < 7; --left) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(20ms);
  // One with the receiver, three in the device, four wait, or three once the line has been full.
  EXPECT_GE(accepted, 7);
  EXPECT_LE(accepted, 8);
  gate.count_down();
  producer.join();
  EXPECT_TRUE(session->close());
  EXPECT_EQ(session->statistics().delivered, 40u);
}

TEST_F(SessionTest, memory_is_flat_while_images_pass) {
#if defined(SLUICE_THREAD_SANITIZER)
  GTEST_SKIP() << "the sanitizer remembers what each address was used for";
#endif
  const auto session = session_on({.capacity = 8});
  const auto pass = [&](int images) {
    for (int i = 0; i < images; ++i)
      ASSERT_TRUE(session->submit(numbered_codes(1), [](const Outcome&) { return ok(); }));
  };
  pass(10'000);
  const long before_kb = status_number("VmRSS");
  pass(40'000);
  // Four latencies of 8 bytes an image are kept, until there are 2^18.
  EXPECT_LT(status_number("VmRSS") - before_kb, 4 * 1024);
}

TEST_F(SessionTest, destruction_answers_what_is_in_flight_and_ends_its_threads) {
  const long threads = status_number("Threads");
  std::vector<std::future<Outcome>> futures;
  {
    const auto session = session_on({.capacity = 4, .latency = 1ms});
    for (std::uint64_t i = 0; i < 30; ++i) futures.push_back(session->submit(numbered_codes(i)).value());
    EXPECT_GT(status_number("Threads"), threads);
  }
  for (std::uint64_t i = 0; i < 30; ++i) {
    ASSERT_EQ(futures[i].wait_for(0s), std::future_status::ready);
    EXPECT_EQ(futures[i].get().result.value().scores, scores_of(i));
  }
  EXPECT_EQ(status_number("Threads"), threads);
}

TEST_F(SessionTest, closed_means_refused_with_a_sentence) {
  const auto session = session_on({});
  EXPECT_TRUE(session->close());
  EXPECT_TRUE(session->close()) << "a second time nothing happens";
  const auto refused = session->submit(numbered_codes(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault(), Fault::user);
  EXPECT_THAT(refused.error().text(), HasSubstr("closed"));
  EXPECT_EQ(session->statistics().taken, 0u);
}

TEST_F(SessionTest, an_image_whose_outcome_nobody_receives_is_refused) {
  const auto session = session_on({});
  EXPECT_THAT(session->submit(numbered_codes(0), nullptr).error().text(), HasSubstr("nobody"));
}

TEST_F(SessionTest, a_submit_that_waits_is_refused_when_the_session_closes) {
  const auto session = session_on({.capacity = 1}, {.max_waiting = 1});
  std::latch gate(1);
  std::atomic<int> accepted = 0;
  std::string refusal;
  std::jthread producer([&] {
    while (refusal.empty()) {
      const Status status = session->submit(numbered_codes(0), [&gate](const Outcome&) {
        gate.wait();
        return ok();
      });
      if (!status) refusal = status.error().text();
      accepted += bool(status);
    }
  });
  for (int left = 200; left > 0 && accepted < 3; --left) std::this_thread::sleep_for(1ms);
  std::jthread closer([&] { EXPECT_TRUE(session->close()); });
  producer.join();
  gate.count_down();
  closer.join();
  EXPECT_THAT(refusal, HasSubstr("closed"));
  EXPECT_EQ(session->statistics().delivered, static_cast<std::uint64_t>(accepted));
}

TEST_F(SessionTest, a_receiver_may_submit_and_never_waits_for_itself) {
  const auto session = session_on({.capacity = 2}, {.max_waiting = 3});
  std::atomic<int> from_receiver = 0;
  std::string refusal, close_refusal;
  ASSERT_TRUE(session->submit(numbered_codes(0), [&](const Outcome&) {
    close_refusal = session->close().error().text();
    while (refusal.empty()) {
      const Status status = session->submit(numbered_codes(1), [](const Outcome&) { return ok(); });
      from_receiver += bool(status);
      if (!status) refusal = status.error().text();
    }
    return ok();
  }));
  for (int left = 1000; left > 0 && session->statistics().delivered < 4; --left) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(session->close());
  EXPECT_THAT(refusal, HasSubstr("would wait for itself"));
  EXPECT_THAT(close_refusal, HasSubstr("would wait for itself"));
  EXPECT_GE(from_receiver, 3);
  EXPECT_EQ(session->statistics().delivered, 1u + static_cast<std::uint64_t>(from_receiver));
}

TEST_F(SessionTest, a_policy_holds_from_the_next_image_on) {
  const auto session = session_on({.capacity = 4});
  std::vector<std::uint32_t> rows;
  const auto receive = [&](Outcome outcome) {
    rows.push_back(outcome.result.value().row_id);
    return ok();
  };
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(session->submit(numbered_codes(0), receive));
  while (session->statistics().delivered < 20) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(session->set_policy({.row = 2}));
  EXPECT_EQ(session->row(), 2u);
  EXPECT_THAT(session->set_policy({.row = 3}).error().text(), HasSubstr("row 3 is not in the design table"));
  EXPECT_THAT(session->set_policy({.policy = Policy::target_fps, .target_images_per_s = 10}).error().text(),
              HasSubstr("on device null a row hardly changes the rate"));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(session->submit(numbered_codes(0), receive));
  ASSERT_TRUE(session->close());
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(rows[i], i < 20 ? 0u : 2u) << i;
}

TEST_F(SessionTest, policies_set_while_images_pass_replay_from_the_log) {
  const Scratch scratch;
  const auto log = scratch.path() / "audit.jsonl";
  const auto session =
      Session::open(bundle_, open_sim_device(*bundle_, {.capacity = 6, .is_paced = false}).value(), {.audit_log = log})
          .value();
  const auto receive = [](const Outcome&) { return ok(); };
  const double slow = 0.8 * bundle_->table().rows[0].throughput_images_per_s;
  const double fast = 1.02 * bundle_->table().rows[2].throughput_images_per_s;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    if (i == 300) {
      ASSERT_TRUE(session->set_policy({.policy = Policy::target_fps, .target_images_per_s = fast}));
    }
    if (i == 800) {
      ASSERT_TRUE(session->set_policy({.policy = Policy::target_fps, .target_images_per_s = slow}));
    }
    if (i == 1300) {
      ASSERT_TRUE(session->set_policy({.row = 1}));
    }
    ASSERT_TRUE(session->submit(numbered_codes(i % 7), receive));
  }
  ASSERT_TRUE(session->close());
  const auto audit = read_audit_log(log);
  ASSERT_TRUE(audit) << audit.error().text();
  EXPECT_EQ(audit.value().policies.size(), 3u);
  const Replay again = replay(audit.value());
  EXPECT_EQ(again.differences, 0u) << again.first_difference;
  EXPECT_EQ(again.images, 1500u);
  EXPECT_GT(again.decisions.size(), 50u);
  EXPECT_EQ(audit.value().images.back().seen.row, 1u);
  // Given the log's own table as another one, the policies hold as well.
  const auto as_another = replay(audit.value(), {.table = audit.value().start.model.table});
  ASSERT_TRUE(as_another);
  EXPECT_EQ(as_another.value().decisions.size(), again.decisions.size());
}

TEST_F(SessionTest, opens_a_folder_and_a_device_by_name) {
  EXPECT_THAT(Session::open("/nowhere/at/all").error().text(), HasSubstr("/nowhere/at/all"));
  EXPECT_THAT(Session::open(nullptr, nullptr).error().text(), HasSubstr("needs a bundle and a device"));
  const Scratch scratch;
  ASSERT_TRUE(sparse_bundle(scratch));
  const auto folder = std::filesystem::directory_iterator(scratch.path())->path();
  EXPECT_THAT(Session::open(folder, "gpu").error().text(), HasSubstr("device \"gpu\" is not known"));
  auto session = Session::open(folder, "cpu", {.images_in_flight = 2});
  ASSERT_TRUE(session) << session.error().text();
  EXPECT_EQ(session.value()->device().info().driver, "cpu");
  auto future = session.value()->submit(numbered_codes(3)).value();
  EXPECT_EQ(future.get().result.value().top.size(), 5u);
}

}  // namespace
}  // namespace sluice::test
