// SPDX-License-Identifier: Apache-2.0
// Thousands of seeded schedules of faults: whatever devices, receivers and callers do, each accepted image has one
// outcome, in order; and while one device is left, the outcome is the image's own.
//
// Why so many: what goes wrong in a takeover is a matter of which thread was where. The idea: devices without hardware,
// whose scores are a function of the image, so that a schedule takes a millisecond. Each device remembers what was
// submitted to it; the same image twice, or one that another device has answered, is a fault of ours.
//
// $SLUICE_FAULT_SCHEDULES: how many (2,000 without it; ./run prove-faults takes 10,000).
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "runtime/adapt/replay.hpp"
#include "runtime/base/errors.hpp"
#include "tests/unit/runtime/session/session_parts.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using Kind = InjectedFault::Kind;

constexpr auto kLimit = 400ms, kBeyondLimit = 1000ms;  // long for a machine that is busy with other work, too

// Remembers which image under which row entered, and how often.
class Remembering final : public Device {
 public:
  explicit Remembering(std::unique_ptr<Device> device) : device_(std::move(device)) {}
  DeviceInfo info() const override { return device_->info(); }
  std::size_t capacity() const override { return device_->capacity(); }
  std::vector<KernelTime> kernel_times() const override { return device_->kernel_times(); }
  Result<ImageScores> collect() override { return device_->collect(); }
  Status submit(ImageTask task) override {
    const std::pair image{task.image_id, task.row_id};
    Status status = device_->submit(std::move(task));
    if (status) ++entered[image];
    return status;
  }

  std::map<std::pair<std::uint64_t, std::uint32_t>, int> entered;

 private:
  const std::unique_ptr<Device> device_;
};

struct Schedule {
  std::vector<NullOptions> devices;
  std::vector<std::vector<InjectedFault>> faults;  // of each device
  SessionOptions session;
  unsigned producers = 1;
  std::uint64_t each = 0;
  std::uint64_t receiver_fails_at = ~0ull, close_at = ~0ull, receiver_sleeps_at = ~0ull;
  bool has_log = false;

  // One device at least goes on, and nothing else ends the stream.
  bool is_survivable() const {
    return receiver_fails_at == ~0ull && std::any_of(faults.begin(), faults.end(), [](const auto& its) {
             return std::all_of(its.begin(), its.end(),
                                [](const InjectedFault& f) { return f.kind == Kind::late && f.delay < kLimit; });
           });
  }
};

std::vector<InjectedFault> faults_of(std::mt19937& random) {
  std::vector<InjectedFault> faults;
  for (unsigned n = random() % 3; n > 0; --n) {
    constexpr Kind kUsual[] = {Kind::refuse, Kind::lose, Kind::wrong_image, Kind::wrong_row, Kind::repeat, Kind::cut};
    const std::uint64_t at = 2 * (random() % 45) + n % 2;  // two faults of one answer could make a right one
    InjectedFault fault{kUsual[random() % std::size(kUsual)], at};
    if (random() % 8 == 0) fault = {Kind::late, at, std::chrono::milliseconds(random() % 3)};
    if (random() % 80 == 0) fault = {random() % 4 == 0 ? Kind::hang : Kind::late, at, kBeyondLimit};
    faults.push_back(fault);
  }
  return faults;
}

Schedule schedule_of(std::mt19937& random) {
  Schedule schedule;
  for (std::size_t d = 1 + random() % 3; d > 0; --d) {
    schedule.devices.push_back(
        {.capacity = 1 + random() % 6, .latency = std::chrono::microseconds(random() % 3 == 0 ? random() % 150 : 0)});
    schedule.faults.push_back(faults_of(random));
  }
  schedule.session.max_in_device = random() % 8;
  schedule.session.max_waiting = random() % 6;
  schedule.session.threads = static_cast<int>(1 + random() % 2);
  schedule.session.policy = {.row = static_cast<std::uint32_t>(random() % 3), .canary_period = random() % 3};
  schedule.session.answer_limit = kLimit;
  schedule.producers = 1 + random() % 3;
  schedule.each = random() % 40;
  if (random() % 8 == 0) schedule.receiver_fails_at = random() % 90;
  if (random() % 6 == 0) schedule.close_at = random() % 90;
  if (random() % 10 == 0) schedule.receiver_sleeps_at = random() % 90;
  schedule.has_log = random() % 20 == 0;
  return schedule;
}

class FaultSchedules : public OnNullDevice {
 protected:
  static void expect_log_replays(const std::filesystem::path& file, std::uint64_t takeovers) {
    const auto audit = read_audit_log(file);
    ASSERT_TRUE(audit) << audit.error().text();
    EXPECT_EQ(audit.value().takeovers.size(), takeovers);
    EXPECT_EQ(replay(audit.value()).differences, 0u) << replay(audit.value()).first_difference;
  }

  // Whether a takeover happened in it.
  bool run(Schedule schedule, const std::filesystem::path& log) const {
    std::vector<const Remembering*> remembering;
    Devices devices;
    for (std::size_t d = 0; d < schedule.devices.size(); ++d) {
      // Under the faults: what a device refuses never enters.
      NullOptions options = schedule.devices[d];
      options.rows = static_cast<std::uint32_t>(bundle_->table().rows.size());
      auto inner = std::make_unique<Remembering>(open_null_device(bundle_->network(), options).value());
      remembering.push_back(inner.get());
      devices.push_back(with_faults(std::move(inner), schedule.faults[d]));
    }
    if (schedule.has_log) schedule.session.audit_log = log;
    std::atomic<int> told = 0;
    schedule.session.on_takeover = [&](const Takeover& takeover) {
      ++told;
      EXPECT_LE(takeover.resubmitted_images, 6u);
    };
    auto session = Session::open(bundle_, devices, schedule.session).value();
    std::atomic<std::uint64_t> accepted = 0;
    std::vector<std::uint64_t> heard;  // by receivers
    bool has_lost = false, has_own_after_lost = false;
    const auto receiver_of = [&](std::optional<std::uint64_t> number) -> Receiver {
      return [&, number](Outcome outcome) -> Status {
        heard.push_back(outcome.index);
        has_own_after_lost |= has_lost && !outcome.is_lost;
        has_lost |= outcome.is_lost;
        if (number && outcome.result) {
          EXPECT_EQ(outcome.result->scores, scores_of(*number, outcome.result->row_id)) << "of another image";
        }
        if (outcome.index == schedule.receiver_sleeps_at) std::this_thread::sleep_for(5ms);
        if (outcome.index == schedule.receiver_fails_at) return world_error("full disk");
        return ok();
      };
    };
    {
      std::vector<std::jthread> producers;
      for (unsigned p = 0; p < schedule.producers; ++p) {
        producers.emplace_back([&, p] {
          for (std::uint64_t i = 0; i < schedule.each; ++i) {
            const std::uint64_t number = 100 * p + i;
            const auto load = [i]() -> Result<Picture> {
              if (i % 11 == 5) return user_error("damaged");
              return Picture{8, 8, 3, std::make_shared<std::uint8_t[]>(8 * 8 * 3)};
            };
            const Status status = (i + p) % 2 == 0 ? session->submit(numbered_codes(number), receiver_of(number))
                                                   : session->submit(ImageInput(load, "p"), receiver_of({}));
            if (!status) break;
            if (++accepted == schedule.close_at) (void)bool(session->close());
          }
        });
      }
    }
    const Status status = session->close();
    const StreamStatistics s = session->statistics();
    EXPECT_EQ(s.taken, accepted);
    EXPECT_EQ(s.taken, s.delivered + s.lost + s.abandoned);
    EXPECT_EQ(s.accepted, s.delivered - s.errors + s.lost);
    EXPECT_EQ(s.total.count(), s.delivered - s.errors);
    EXPECT_TRUE(!status || s.delivered == s.taken);
    const std::uint64_t takeovers = session->takeovers();
    EXPECT_EQ(takeovers, static_cast<std::uint64_t>(told));
    EXPECT_LT(takeovers, devices.size());
    if (schedule.is_survivable()) {
      EXPECT_TRUE(status) << status.error().text();
      EXPECT_FALSE(has_lost) << "although a device was left";
    }
    session.reset();
    for (const Remembering* device : remembering)
      for (const auto& [image, times] : device->entered)
        EXPECT_EQ(times, 1) << "image " << image.first << " was submitted again to the same device";
    if (schedule.has_log && status) expect_log_replays(log, takeovers);
    EXPECT_EQ(heard.size(), accepted);
    for (std::uint64_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], i) << "out of order, missing or twice";
    EXPECT_FALSE(has_own_after_lost);
    return takeovers > 0;
  }
};

TEST_F(FaultSchedules, each_accepted_image_has_one_outcome_in_order_whatever_happens) {
  const char* wished = std::getenv("SLUICE_FAULT_SCHEDULES");
  const unsigned schedules = wished ? static_cast<unsigned>(std::strtoul(wished, nullptr, 10)) : 2000;
  const Scratch scratch;
  std::atomic<unsigned> next = 1;
  std::atomic<int> with_takeovers = 0;
  std::vector<std::jthread> workers;  // several at once: some wait for devices that never answer
  for (int w = 0; w < 8; ++w) {
    workers.emplace_back([&, w] {
      for (unsigned seed = next++; seed <= schedules && !HasFailure(); seed = next++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        with_takeovers += run(schedule_of(random), scratch.path() / ("log" + std::to_string(w)));
      }
    });
  }
  workers.clear();
  std::cout << "seeds 1 to " << schedules << ": " << with_takeovers << " schedules with a takeover\n";
  EXPECT_GT(with_takeovers, static_cast<int>(schedules / 10));
}

}  // namespace
}  // namespace sluice::test
