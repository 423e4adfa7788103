// SPDX-License-Identifier: Apache-2.0
// What every device must do, whatever it is made of (the idea of IREE's conformance tests for its HAL drivers).
//
// The suite knows nothing of the scores except that they are a function of picture and row. That they are the right
// ones is shown elsewhere, against the reference interpreter.
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice {
namespace {

class Conformance : public testing::TestWithParam<RegisteredDevice> {
 protected:
  void SetUp() override {
    if (GetParam().is_present && !GetParam().is_present()) GTEST_SKIP() << GetParam().name << " is not on this machine";
    ASSERT_TRUE(tiny_network().validate());
    Result<std::unique_ptr<Device>> opened = GetParam().open(tiny_network());
    ASSERT_TRUE(opened) << opened.error().text();
    device_ = std::move(opened).value();
  }

  void submit(std::uint64_t id, std::uint64_t picture, std::uint32_t row = 0) {
    const Status status = device_->submit({id, row, tiny_codes(picture)});
    ASSERT_TRUE(status) << status.error().text();
  }

  ImageScores collect() {
    Result<ImageScores> scores = device_->collect();
    EXPECT_TRUE(scores) << scores.error().text();
    return scores ? std::move(scores).value() : ImageScores{};
  }

  std::vector<std::int32_t> scores_alone(std::uint64_t picture, std::uint32_t row = 0) {
    submit(1, picture, row);
    return collect().scores;
  }

  std::unique_ptr<Device> device_;
};

TEST_P(Conformance, says_what_it_is) {
  EXPECT_FALSE(device_->info().driver.empty());
  EXPECT_FALSE(device_->info().name.empty());
  EXPECT_FALSE(device_->info().rate_kind.empty());
  EXPECT_GE(device_->capacity(), 1u);
}

TEST_P(Conformance, one_score_per_class) { EXPECT_EQ(scores_alone(0).size(), 10u); }

TEST_P(Conformance, order_id_and_row_are_kept) {
  std::chrono::nanoseconds latest{0};
  // Ids that are no order of their own.
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < device_->capacity(); ++i) {
      submit(1000 - 7 * i, i, static_cast<std::uint32_t>(i % GetParam().rows));
    }
    for (std::size_t i = 0; i < device_->capacity(); ++i) {
      const ImageScores scores = collect();
      EXPECT_EQ(scores.image_id, 1000 - 7 * i);
      EXPECT_EQ(scores.row_id, i % GetParam().rows);
      EXPECT_GE(scores.device_time.count(), 0);
      EXPECT_GE(scores.completed_at, latest);
      latest = scores.completed_at;
    }
  }
}

TEST_P(Conformance, same_picture_same_scores_whatever_is_around_it) {
  const std::vector<std::int32_t> alone = scores_alone(42);
  EXPECT_EQ(scores_alone(42), alone);
  for (std::size_t place = 0; place < device_->capacity(); ++place) {
    for (std::size_t i = 0; i < device_->capacity(); ++i) submit(i, i == place ? 42 : 100 * place + i);
    for (std::size_t i = 0; i < device_->capacity(); ++i) {
      const ImageScores scores = collect();
      if (i == place) {
        EXPECT_EQ(scores.scores, alone) << "at place " << place;
      }
    }
  }
}

TEST_P(Conformance, pictures_differ_in_their_scores) {
  std::set<std::vector<std::int32_t>> seen;
  for (std::uint64_t picture = 0; picture < 8; ++picture) seen.insert(scores_alone(picture));
  EXPECT_GE(seen.size(), 7u);
}

TEST_P(Conformance, submit_to_a_full_device_is_a_bug_and_takes_nothing) {
  for (std::size_t i = 0; i < device_->capacity(); ++i) submit(i, i);
  const Status status = device_->submit({99, 0, tiny_codes(0)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::bug);
  for (std::size_t i = 0; i < device_->capacity(); ++i) EXPECT_EQ(collect().image_id, i);
  submit(5, 5);
  EXPECT_EQ(collect().image_id, 5u);
}

TEST_P(Conformance, collect_from_an_empty_device_is_a_bug) {
  for (int round = 0; round < 2; ++round) {
    const Result<ImageScores> scores = device_->collect();
    ASSERT_FALSE(scores);
    EXPECT_EQ(scores.error().fault(), Fault::bug);
    submit(1, 1);
    EXPECT_EQ(collect().image_id, 1u);
  }
}

TEST_P(Conformance, wrong_size_is_refused_and_not_accepted) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{191}, std::size_t{193}}) {
    const Status status = device_->submit({7, 0, std::vector<std::int16_t>(size)});
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().fault(), Fault::user);
  }
  EXPECT_EQ(device_->collect().error().fault(), Fault::bug) << "a refused image was accepted";
}

TEST_P(Conformance, a_row_is_of_its_image_alone) {
  if (GetParam().rows < 2) GTEST_SKIP() << "this device was opened with one row";
  std::vector<std::vector<std::int32_t>> alone;
  for (std::uint32_t row = 0; row < GetParam().rows; ++row) alone.push_back(scores_alone(9, row));
  EXPECT_NE(alone[0], alone[GetParam().rows - 1]) << "the rows must differ for this test to say anything";
  for (int round = 0; round < 4; ++round) {
    const auto row_of = [&](std::size_t i) {
      return static_cast<std::uint32_t>((i * 7 + std::size_t(round)) % GetParam().rows);
    };
    for (std::size_t i = 0; i < device_->capacity(); ++i) submit(i, 9, row_of(i));
    for (std::size_t i = 0; i < device_->capacity(); ++i)
      EXPECT_EQ(collect().scores, alone[row_of(i)]) << "image " << i;
  }
}

TEST_P(Conformance, unknown_row_is_refused_and_not_accepted) {
  const Status status = device_->submit({7, GetParam().rows, tiny_codes(0)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_EQ(device_->collect().error().fault(), Fault::bug) << "a refused image was accepted";
  EXPECT_EQ(scores_alone(0).size(), 10u);
}

TEST_P(Conformance, one_thread_submits_while_another_collects) {
  constexpr std::uint64_t kImages = 300;
  constexpr std::uint64_t kPictures = 10;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::vector<std::int32_t>> alone;
  for (std::uint64_t picture = 0; picture < kPictures; ++picture) {
    for (std::uint32_t row = 0; row < GetParam().rows; ++row) alone[{picture, row}] = scores_alone(picture, row);
  }
  const auto row_of = [](std::uint64_t i) { return static_cast<std::uint32_t>(i / 3 % GetParam().rows); };
  std::atomic<std::uint64_t> submitted = 0;
  std::atomic<std::uint64_t> collected = 0;
  std::atomic<bool> is_failed = false;
  std::jthread submitting([&] {
    for (std::uint64_t i = 0; i < kImages && !is_failed; ++i) {
      while (submitted - collected >= device_->capacity()) std::this_thread::yield();
      const Status status = device_->submit({i, row_of(i), tiny_codes(i % kPictures)});
      if (!status) {
        ADD_FAILURE() << status.error().text();
        is_failed = true;
      }
      ++submitted;
    }
  });
  for (std::uint64_t i = 0; i < kImages; ++i) {
    while (submitted == i && !is_failed) std::this_thread::yield();
    if (is_failed) break;
    const ImageScores scores = collect();
    ++collected;
    ASSERT_EQ(scores.image_id, i);
    ASSERT_EQ(scores.row_id, row_of(i));
    ASSERT_EQ(scores.scores, (alone[{i % kPictures, row_of(i)}])) << "image " << i;
  }
}

TEST_P(Conformance, may_be_closed_with_images_inside) {
  for (std::size_t i = 0; i < device_->capacity(); ++i) submit(i, i);
  device_.reset();
  Result<std::unique_ptr<Device>> again = GetParam().open(tiny_network());
  ASSERT_TRUE(again) << "the device could not be opened a second time: " << again.error().text();
  device_ = std::move(again).value();
  EXPECT_EQ(scores_alone(0).size(), 10u);
}

TEST_P(Conformance, kernel_times_grow_and_name_their_kernels) {
  const auto total = [](const std::vector<KernelTime>& times) {
    std::uint64_t launches = 0;
    for (const KernelTime& time : times) {
      EXPECT_FALSE(time.kernel.empty());
      EXPECT_GE(time.seconds, 0);
      EXPECT_LT(time.seconds, 3600);
      EXPECT_FALSE(time.is_convolution && time.layer.empty()) << time.kernel << " is a convolution without a layer";
      launches += time.launches;
    }
    return launches;
  };
  const std::uint64_t before = total(device_->kernel_times());
  for (int i = 0; i < 5; ++i) scores_alone(i);
  const std::vector<KernelTime> after = device_->kernel_times();
  if (after.empty()) GTEST_SKIP() << "this device cannot tell";
  EXPECT_GT(total(after), before);
}

INSTANTIATE_TEST_SUITE_P(Devices, Conformance, testing::ValuesIn(registered_devices()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
