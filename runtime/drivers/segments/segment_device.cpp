// SPDX-License-Identifier: Apache-2.0
// Admits, packs, hands to the driver; takes from the driver, checks, answers.
#include "runtime/drivers/segments/segment_device.hpp"

#include <fmt/format.h>

namespace sluice::segments {

SegmentDevice::SegmentDevice(const Bundle& bundle, std::size_t capacity)
    : network_(bundle.network()),
      netlist_(bundle.netlist()),
      ends_(netlist_),
      admission_(network_.input.size(), bundle.table().rows.size(), capacity) {}

Status SegmentDevice::submit(ImageTask task) {
  SLUICE_CHECK(failure_.status());
  SLUICE_CHECK(admission_.check(task));
  {
    const std::lock_guard lock(mutex_);
    SLUICE_CHECK(admission_.check_room(inside_.size()));
  }
  // Only this thread adds, so the place that was free above is still free.
  InsideImage image{next_place_, task.image_id, task.row_id, HEADER_WORD(task.image_id, task.row_id), {}};
  PackedSegment picture = picture_segment(network_, ends_, task.codes, image.header);
  image.submitted = Clock::now();
  Status enqueued = enqueue(image, std::move(picture));
  if (!enqueued) return fail(std::move(enqueued).error());
  next_place_ = (next_place_ + 1) % admission_.capacity();
  const std::lock_guard lock(mutex_);
  inside_.push_back(image);
  return ok();
}

Result<ImageScores> SegmentDevice::collect() {
  SLUICE_CHECK(failure_.status());
  InsideImage image;
  {
    const std::lock_guard lock(mutex_);
    SLUICE_CHECK(Admission::check_inside(inside_.size()));
    image = inside_.front();
  }
  Result<Arrival> arrival = receive(image);
  if (!arrival) return fail(std::move(arrival).error());
  const Clock::time_point completed = arrival->completed;
  Result<ImageScores> scores = checked_scores(ends_, image, std::move(arrival).value());
  if (!scores) return fail(std::move(scores).error());
  scores->completed_at = completed - opened_;
  const std::lock_guard lock(mutex_);
  inside_.pop_front();
  return scores;
}

Error SegmentDevice::fail(Error failure) {
  if (failure_.set(std::move(failure))) abandon();
  return failure_.status().error();
}

std::string SegmentDevice::inside_story() const {
  const std::lock_guard lock(mutex_);
  if (inside_.empty()) return "no image inside";
  return fmt::format("{} images inside, the oldest image {} under row {}", inside_.size(), inside_.front().image_id,
                     inside_.front().row_id);
}

}  // namespace sluice::segments
