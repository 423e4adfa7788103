// SPDX-License-Identifier: Apache-2.0
// The second line of image_pipeline.hpp: collecting from the device, and delivering.
#include <stdexcept>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/hal/answer_check.hpp"
#include "runtime/stream/image_pipeline.hpp"

namespace sluice {

void ImagePipeline::collect_all() {
  Lock lock(mutex_);
  while (true) {
    has_underway_.wait(lock, [this] { return is_ending_ || !underway_.empty(); });
    if (underway_.empty()) return;
    Passage& passage = underway_.front();
    lock.unlock();
    std::optional<Result<Classification>> result = result_of(passage);
    const bool is_lost = !result, is_error = result && !*result;
    Line one;
    lock.lock();
    one.splice(one.end(), underway_, underway_.begin());  // until now it counted as inside the device
    const bool may_send = !is_sending_ && can_send();
    if (passage.is_canary) {
      statistics_.canaries += result.has_value();
      lock.unlock();
      if (may_send) may_send_.notify_one();
      const bool is_answered = result.has_value();
      deliver_canary(passage, std::move(result));
      tell_marks(passage, is_answered, Clock::now());
      lock.lock();
      if (--unfinished_ == 0) is_idle_.notify_all();
      continue;
    }
    // Counted now: a receiver may wake somebody who asks for the statistics.
    if (is_lost) count_lost(passage);
    statistics_.delivered += !is_lost;
    statistics_.errors += is_error;
    lock.unlock();
    if (may_send) may_send_.notify_one();
    const bool is_delivered = deliver(passage, std::move(result));
    const auto now = Clock::now();
    tell_marks(passage, is_delivered && passage.is_inside, now);
    lock.lock();
    if (!is_lost && is_delivered) {
      last_delivery_ = now;
      if (!is_error) statistics_.add(passage.times, passage.completed_at);
    } else if (!is_lost) {
      statistics_.delivered -= 1;
      statistics_.errors -= is_error;
      count_lost(passage);
    }
    if (--unfinished_ == 0) is_idle_.notify_all();
  }
}

void ImagePipeline::tell_marks(Passage& passage, bool is_answered, Clock::time_point delivered) const {
  if (!options_.mark) return;
  StageMarks& marks = passage.marks;
  marks.image = passage.index;
  marks.row = passage.row_id;
  marks.is_canary = passage.is_canary;
  marks.is_answered = is_answered;
  marks.delivered = delivered;
  options_.mark(marks);
}

void ImagePipeline::count_lost(const Passage& passage) {
  ++(passage.is_inside ? statistics_.lost : statistics_.abandoned);
}

// Nothing for an image that is lost, and for all after it.
std::optional<Result<Classification>> ImagePipeline::result_of(Passage& passage) {
  std::optional<Result<Classification>> result;
  if (!can_collect_) return result;
  if (passage.problem && can_deliver_) result.emplace(*passage.problem);
  if (!passage.is_inside) return result;
  try {
    result.emplace(collect(passage));
  } catch (...) {
    result.emplace(caught_error("collecting results failed"));
  }
  if (!*result) {
    can_collect_ = false;
    break_off(std::move(*result).error());
  }
  // After a receiver has failed the rest is collected all the same: the device is left empty.
  if (!*result || !can_deliver_) result.reset();
  return result;
}

Result<Classification> ImagePipeline::collect(Passage& passage) {
  if (options_.mark) passage.marks.collect = Clock::now();
  Result<ImageScores> collected = device_.collect();
  if (options_.mark) passage.marks.collected = Clock::now();
  if (!collected) {
    return std::move(collected).error().in(
        fmt::format("{}: collecting {} failed", device_.info().driver, passage.name()));
  }
  ImageScores& scores = collected.value();
  Status status = check_answer(scores, passage.index, passage.row_id, classes_);
  if (!status) return std::move(status).error().in(device_.info().driver);
  Classification classification{
      passage.index,       passage.row_id, std::move(scores.scores), {}, std::move(scores.counters),
      scores.completed_at, passage.times};
  classification.top = top_k(classification.scores, options_.top_k);
  classification.times.device = passage.marks.device = scores.device_time;
  passage.marks.completed_at = scores.completed_at;
  return classification;
}

// What would refuse it had accepted its image before.
void ImagePipeline::deliver_canary(Passage& passage, std::optional<Result<Classification>> result) {
  if (result && !*result) return break_off(std::move(*result).error());
  if (result && options_.learn)
    is_taken("what learns from images", [&] { return options_.learn(result->value(), passage.canaries_to_come); });
}

// False when it is lost, or the receiver failed.
bool ImagePipeline::deliver(Passage& passage, std::optional<Result<Classification>> result) {
  if (result && *result) {
    Classification& image = result->value();
    if (options_.learn &&
        !is_taken("what learns from images", [&] { return options_.learn(image, passage.canaries_to_come); })) {
      result.reset();
    } else {
      image.times.total = Clock::now() - passage.input.arrived;
      passage.times = image.times;
      passage.completed_at = image.completed_at;
    }
  }
  const bool is_lost = !result;
  return is_taken("the receiver of outcomes",
                  [&] {
                    if (is_lost) result.emplace(Error(*failure_).in(passage.name() + " is lost"));
                    Receiver receiver = std::move(passage.receiver);
                    return receiver({passage.index, std::move(passage.input.name), passage.input.label,
                                     std::move(*result), is_lost});
                  }) &&
         !is_lost;
}

// Calls what may fail or throw and is not ours. The first failure of it ends deliveries.
template <typename Take>
bool ImagePipeline::is_taken(const std::string& by, Take take) {
  Status status;
  try {
    status = take();
  } catch (const std::runtime_error& problem) {
    status = bug_error(fmt::format("{} threw: {}", by, problem.what()));  // it returns what it cannot do
  } catch (...) {
    status = caught_error(by + " threw");
  }
  if (status) return true;
  can_deliver_ = false;
  break_off(std::move(status).error());
  return false;
}

}  // namespace sluice
