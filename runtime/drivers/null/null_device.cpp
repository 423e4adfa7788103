// SPDX-License-Identifier: Apache-2.0
// Implementation of null_device.hpp. One mutex guards the queue; scores are computed by the submitting thread, outside
// of it; the collecting thread sleeps until the oldest image's time has come.
#include "runtime/drivers/null/null_device.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/hal/admission.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t step(std::uint64_t hash, std::uint64_t value) { return (hash ^ value) * 1099511628211u; }

class NullDevice final : public Device {
 public:
  NullDevice(const IntegerNetwork& network, const NullOptions& options)
      : options_(options),
        admission_(network.input.size(), options.rows, options.capacity),
        classes_(network.classes()) {}

  DeviceInfo info() const override { return {"null", "no hardware, hashed scores", "measured"}; }
  std::size_t capacity() const override { return options_.capacity; }

  Status submit(ImageTask task) override {
    SLUICE_CHECK(admission_.check(task));
    {
      const std::lock_guard lock(mutex_);
      SLUICE_CHECK(admission_.check_room(inside_.size()));
    }
    // Only submit() adds, so the place seen free above is still free below.
    const Clock::time_point start = Clock::now();
    Inside image{{task.image_id, task.row_id, null_scores(task.codes, task.row_id, classes_)}, start, {}};
    const Clock::time_point end = Clock::now();
    const std::lock_guard lock(mutex_);
    image.ready = std::max(start + options_.latency, last_ready_ + options_.interval);
    last_ready_ = image.ready;
    inside_.push_back(std::move(image));
    hashing_.seconds += std::chrono::duration<double>(end - start).count();
    ++hashing_.launches;
    return ok();
  }

  Result<ImageScores> collect() override {
    Clock::time_point ready;
    {
      const std::lock_guard lock(mutex_);
      SLUICE_CHECK(Admission::check_inside(inside_.size()));
      ready = inside_.front().ready;
    }
    std::this_thread::sleep_until(ready);
    const std::lock_guard lock(mutex_);
    Inside image = std::move(inside_.front());
    inside_.pop_front();
    // Completion is when the image was ready, not when somebody came to fetch it.
    image.scores.device_time = std::max(ready, image.start) - image.start;
    image.scores.completed_at = std::max(ready, image.start) - opened_;
    return std::move(image.scores);
  }

  std::vector<KernelTime> kernel_times() const override {
    const std::lock_guard lock(mutex_);
    return {hashing_};
  }

 private:
  struct Inside {
    ImageScores scores;
    Clock::time_point start;
    Clock::time_point ready;
  };

  const Clock::time_point opened_ = Clock::now();
  const NullOptions options_;
  const Admission admission_;
  const int classes_;
  mutable std::mutex mutex_;
  std::deque<Inside> inside_;
  Clock::time_point last_ready_{};
  KernelTime hashing_{"hash", "", false, 0, 0};
};

}  // namespace

std::vector<std::int32_t> null_scores(const std::vector<std::int16_t>& codes, std::uint32_t row_id, int classes) {
  constexpr std::size_t kLanes = 4, kCodesOfStep = 8;
  std::uint64_t hash = step(14695981039346656037u, row_id);
  std::array<std::uint64_t, kLanes> lanes{};
  for (std::size_t l = 0; l < kLanes; ++l) lanes[l] = step(hash, l);
  const auto value_at = [&](std::size_t code, std::size_t count) {
    std::uint64_t words[2] = {0, 0};
    std::memcpy(words, codes.data() + code, count * sizeof(std::int16_t));
    return words[0] ^ std::rotl(words[1], 17);
  };
  std::size_t at = 0;
  for (; at + kLanes * kCodesOfStep <= codes.size(); at += kLanes * kCodesOfStep)
    for (std::size_t l = 0; l < kLanes; ++l) lanes[l] = step(lanes[l], value_at(at + l * kCodesOfStep, kCodesOfStep));
  for (std::size_t l = 0; at < codes.size(); ++l, at += kCodesOfStep)
    lanes[l] = step(lanes[l], value_at(at, std::min(kCodesOfStep, codes.size() - at)));
  for (const std::uint64_t lane : lanes) hash = step(hash, lane ^ lane >> 32);
  std::vector<std::int32_t> scores;
  for (int c = 0; c < classes; ++c) {
    scores.push_back(static_cast<std::int32_t>(step(hash, static_cast<std::uint64_t>(c)) >> 40 & 0xFFFF) - 32768);
  }
  return scores;
}

Result<std::unique_ptr<Device>> open_null_device(const IntegerNetwork& network, const NullOptions& options) {
  if (network.classes() == 0) return user_error("network {}: no layer, nothing to score", network.name);
  if (options.capacity == 0 || options.rows == 0) return bug_error("a null device needs a capacity and a row");
  return std::unique_ptr<Device>(new NullDevice(network, options));
}

}  // namespace sluice
