// SPDX-License-Identifier: Apache-2.0
// A device that failed stays failed, and nothing accepted is answered wrongly: on every device that can be made to
// fail, for every way that is known (registry.hpp).
//
// A failure may lie anywhere between two images, so the tests keep the device full while they wait for it, and go on
// calling afterwards, while what was on its way may still be moving.
#include <atomic>
#include <deque>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kPictures = 7;

struct FailingDevice {
  RegisteredDevice registered;
  Failure failure;
};

void PrintTo(const FailingDevice& device, std::ostream* out) {
  *out << device.registered.name << " " << device.failure.name;
}

std::vector<FailingDevice> failing_devices() {
  std::vector<FailingDevice> all;
  for (const RegisteredDevice& device : registered_devices()) {
    for (const Failure& failure : device.failures) all.push_back({device, failure});
  }
  return all;
}

class FailingConformance : public testing::TestWithParam<FailingDevice> {
 protected:
  void SetUp() override {
    const auto& [registered, failure] = GetParam();
    if (registered.is_present && !registered.is_present()) GTEST_SKIP() << registered.name << " is not on this machine";
    ASSERT_NO_FATAL_FAILURE(answer_by_intact_device());
    auto opened = failure.open(failure.network);
    ASSERT_TRUE(opened) << opened.error().text();
    device_ = std::move(opened).value();
  }

  // The right scores of every picture.
  void answer_by_intact_device() {
    auto intact = GetParam().registered.open(GetParam().failure.network);
    ASSERT_TRUE(intact) << intact.error().text();
    for (std::uint64_t picture = 0; picture < kPictures; ++picture) {
      ASSERT_TRUE((*intact)->submit({picture, 0, tiny_codes(picture)}));
      auto scores = (*intact)->collect();
      ASSERT_TRUE(scores) << scores.error().text();
      if (right_.size() <= picture) right_.push_back(scores->scores);
      EXPECT_EQ(scores->scores, right_[picture]);
    }
  }

  Status submit_next() {
    Status status = device_->submit({next_id_, 0, tiny_codes(next_id_ % kPictures)});
    if (status) accepted_.push_back(next_id_);
    ++next_id_;
    return status;
  }

  // The error of a failed collect(). An answer must be the oldest image's, and right.
  std::optional<Error> collect_next() {
    Result<ImageScores> scores = device_->collect();
    if (!scores) return scores.error();
    EXPECT_FALSE(accepted_.empty()) << "an answer to nobody";
    if (accepted_.empty()) return std::nullopt;
    EXPECT_EQ(scores->image_id, accepted_.front());
    EXPECT_EQ(scores->scores, right_[accepted_.front() % kPictures])
        << "image " << accepted_.front() << " is answered wrongly";
    accepted_.pop_front();
    return std::nullopt;
  }

  std::unique_ptr<Device> device_;
  std::vector<std::vector<std::int32_t>> right_;
  std::uint64_t next_id_ = 0;
  std::deque<std::uint64_t> accepted_;
  std::atomic<bool> submit_error_seen_ = false, collect_error_seen_ = false;
};

TEST_P(FailingConformance, stays_failed_and_answers_nothing_wrongly) {
  std::optional<Error> first;
  for (int step = 0; step < 200 && !first; ++step) {
    if (step == 8 && GetParam().failure.provoke) GetParam().failure.provoke();
    if (accepted_.size() < device_->capacity()) {
      const Status status = submit_next();
      if (!status) first = status.error();
    } else {
      first = collect_next();
    }
  }
  ASSERT_TRUE(first) << "the device could not be made to fail";
  EXPECT_NE(first->fault(), Fault::user);
  bool has_collect_failed = false;
  for (int round = 0; round < 10; ++round) {
    const Status status = submit_next();
    ASSERT_FALSE(status) << "an image was accepted after the failure";
    EXPECT_EQ(status.error().text(), first->text());
    const std::optional<Error> error = collect_next();
    if (error) {
      EXPECT_EQ(error->text(), first->text());
    }
    EXPECT_TRUE(error || !has_collect_failed) << "an answer after a failed collect";
    has_collect_failed |= error.has_value();
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_TRUE(has_collect_failed);
  device_.reset();
  answer_by_intact_device();
}

// As the stream drives it: one thread submits, the other collects. Neither may wait for ever.
TEST_P(FailingConformance, ends_a_submitting_and_a_collecting_thread) {
  std::atomic<std::uint64_t> submitted = 0, collected = 0;
  std::optional<Error> submit_error, collect_error;
  std::jthread submitting([&] {
    for (std::uint64_t id = 0; !submit_error; ++id) {
      while (submitted - collected >= device_->capacity() && !collect_error_seen_) std::this_thread::yield();
      if (id == 8 && GetParam().failure.provoke) GetParam().failure.provoke();
      const Status status = device_->submit({id, 0, tiny_codes(id % kPictures)});
      if (!status)
        submit_error = status.error();
      else
        ++submitted;
    }
    submit_error_seen_ = true;
  });
  for (std::uint64_t id = 0; !collect_error; ++id) {
    while (submitted == collected && !submit_error_seen_) std::this_thread::yield();
    const Result<ImageScores> scores = device_->collect();
    if (scores) {
      EXPECT_EQ(scores.value().image_id, id);
      EXPECT_EQ(scores.value().scores, right_[id % kPictures]);
      ++collected;
    } else {
      collect_error = scores.error();
    }
  }
  collect_error_seen_ = true;
  submitting.join();
  EXPECT_EQ(submit_error->text(), collect_error->text());
}

INSTANTIATE_TEST_SUITE_P(Devices, FailingConformance, testing::ValuesIn(failing_devices()),
                         [](const auto& info) { return info.param.registered.name + "_" + info.param.failure.name; });

}  // namespace
}  // namespace sluice
