// SPDX-License-Identifier: Apache-2.0
// What the stream tests are made of: a source of numbered pictures, a watched device, a receiver that keeps everything.
#pragma once

#include <atomic>
#include <set>

#include <gmock/gmock.h>

#include "runtime/base/errors.hpp"
#include "runtime/drivers/null/null_device.hpp"
#include "runtime/hal/faulty_device.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/stream/image_pipeline.hpp"
#include "runtime/stream/stream.hpp"

namespace sluice {

// A network of 2 x 2 grey pixels, whose codes are the pixel values, and five classes.
inline IntegerNetwork small_network() {
  IntegerNetwork network;
  network.input = {2, 2, 1};
  network.input_bits = 16;
  network.preprocess = {0, false, {0}, {1}};
  network.layers.resize(1);
  network.layers[0].output = {1, 1, 5};
  return network;
}

inline Picture numbered_picture(std::uint64_t index) {
  const auto byte = [&](int shift) { return static_cast<unsigned char>(index >> shift); };
  return {2, 2, 1, std::shared_ptr<const std::uint8_t[]>(new std::uint8_t[4]{byte(0), byte(8), byte(16), 1})};
}

inline std::vector<std::int32_t> expected_scores(std::uint64_t index, std::uint32_t row) {
  return null_scores(Preprocessor(small_network()).codes(numbered_picture(index)).value(), row, 5);
}

// `count` pictures; those in `broken` fail to load; fails as a whole at `fail_at`.
class NumberedSource final : public Source {
 public:
  explicit NumberedSource(std::uint64_t count, std::set<std::uint64_t> broken = {})
      : count_(count), broken_(std::move(broken)) {}

  Result<std::optional<ImageInput>> next(std::stop_token) override {
    EXPECT_FALSE(is_inside_.exchange(true)) << "two threads in next()";
    const std::uint64_t i = taken;
    is_inside_ = false;
    if (fail_at && i == *fail_at) return world_error("camera unplugged");
    if (i == count_) return std::optional<ImageInput>();
    ++taken;
    const auto load = [this, i]() -> Result<Picture> {
      if (broken_.count(i)) return user_error("p{}: this PNG is damaged", i);
      return numbered_picture(i);
    };
    return std::optional<ImageInput>(ImageInput(load, "p" + std::to_string(i), static_cast<int>(i % 5)));
  }

  std::atomic<std::uint64_t> taken = 0;
  std::optional<std::uint64_t> fail_at;

 private:
  std::uint64_t count_;
  std::set<std::uint64_t> broken_;
  std::atomic<bool> is_inside_ = false;
};

// Checks the duties of whoever drives a device.
class WatchedDevice final : public Device {
 public:
  explicit WatchedDevice(std::unique_ptr<Device> device) : device_(std::move(device)) {}

  DeviceInfo info() const override { return device_->info(); }
  std::size_t capacity() const override { return device_->capacity(); }
  std::vector<KernelTime> kernel_times() const override { return device_->kernel_times(); }

  Status submit(ImageTask task) override {
    EXPECT_FALSE(is_submitting_.exchange(true)) << "two threads in submit()";
    ++inside_;
    most_inside = std::max<int>(most_inside, inside_);
    Status status = device_->submit(std::move(task));
    if (!status) {
      --inside_;
      EXPECT_NE(status.error().fault(), Fault::bug) << status.error().text();
    }
    is_submitting_ = false;
    return status;
  }

  Result<ImageScores> collect() override {
    EXPECT_FALSE(is_collecting_.exchange(true)) << "two threads in collect()";
    // Down before the device frees the place, else a quick submit would look like one too many.
    --inside_;
    Result<ImageScores> scores = device_->collect();
    if (!scores) {
      EXPECT_NE(scores.error().fault(), Fault::bug) << scores.error().text();
    }
    is_collecting_ = false;
    return scores;
  }

  bool is_empty() const { return inside_ == 0; }
  std::atomic<int> most_inside = 0;

 private:
  std::unique_ptr<Device> device_;
  std::atomic<int> inside_ = 0;
  std::atomic<bool> is_submitting_ = false;
  std::atomic<bool> is_collecting_ = false;
};

inline WatchedDevice watched(const NullOptions& options = {}, std::vector<InjectedFault> faults = {}) {
  return WatchedDevice(with_faults(open_null_device(small_network(), options).value(), std::move(faults)));
}

// Keeps outcomes and checks, as they come, that each is next in order and says what it must.
class Keeper {
 public:
  Receiver receiver() {
    return [this](Outcome outcome) -> Status {
      EXPECT_EQ(outcome.index, outcomes.size()) << "out of order, missing or twice";
      EXPECT_EQ(outcome.name, "p" + std::to_string(outcome.index));
      EXPECT_EQ(outcome.label, static_cast<int>(outcome.index % 5));
      if (outcome.result) {
        EXPECT_EQ(outcome.result->image_id, outcome.index);
        EXPECT_EQ(outcome.result->scores, expected_scores(outcome.index, outcome.result->row_id));
      }
      outcomes.push_back(std::move(outcome));
      return ok();
    };
  }
  std::vector<Outcome> outcomes;
};

// A whole stream through a pipeline of its own.
inline StreamReport run_stream(Device& device, Source& source, const Receiver& receiver, PipelineOptions options = {},
                               std::stop_token stop = {}) {
  auto pipeline = ImagePipeline::open(device, small_network(), std::move(options));
  if (!pipeline) return {std::move(pipeline).error(), {}};
  return pipeline.value()->run(source, receiver, std::move(stop));
}

inline void expect_books_balance(const StreamStatistics& s, const Keeper& keeper) {
  EXPECT_EQ(s.delivered, keeper.outcomes.size());
  EXPECT_EQ(s.taken, s.delivered + s.lost + s.abandoned);
  EXPECT_EQ(s.accepted, s.delivered - s.errors + s.lost);
  EXPECT_EQ(s.total.count(), s.delivered - s.errors);
}

}  // namespace sluice
