// SPDX-License-Identifier: Apache-2.0
// The first line of image_pipeline.hpp and its way into the device; how everything starts and ends.
#include "runtime/stream/image_pipeline.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"

namespace sluice {
namespace {

// Images that one thread sends before it goes back to its own work.
constexpr int kMostSentAtOnce = 64;

Status check(const Picture& picture) {
  if (picture.pixels && picture.height > 0 && picture.width > 0 && (picture.channels == 1 || picture.channels == 3))
    return ok();
  return user_error("a picture of {} x {} pixels with {} channels{} cannot be classified; grey (1) and RGB (3) can",
                    picture.width, picture.height, picture.channels, picture.pixels ? "" : " and no memory");
}

}  // namespace

std::string ImagePipeline::Passage::name() const {
  return input.name.empty() ? fmt::format("image {}", index) : input.name;
}

ImagePipeline::ImagePipeline(Device& device, const IntegerNetwork& network, PipelineOptions options)
    : device_(device),
      preprocessor_(network),
      classes_(static_cast<std::size_t>(network.classes())),
      options_(std::move(options)),
      capacity_(options_.most_inside(device.capacity())) {
  max_waiting_ = options_.max_waiting != 0 ? options_.max_waiting : kUsualWaiting;
}

Result<std::unique_ptr<ImagePipeline>> ImagePipeline::open(Device& device, const IntegerNetwork& network,
                                                           PipelineOptions options) {
  if (device.capacity() == 0) return bug_error("a device without capacity");
  std::unique_ptr<ImagePipeline> pipeline(new ImagePipeline(device, network, std::move(options)));
  SLUICE_CHECK(pipeline->start());
  return pipeline;
}

Status ImagePipeline::start() {
  const int machine = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = options_.threads > 0 ? std::min(options_.threads, machine) : machine;
  try {
    for (int i = 0; i < threads; ++i) workers_.emplace_back([this, i] { prepare_all(static_cast<unsigned>(i)); });
    sender_ = std::jthread([this] { send_when_woken(); });
    collector_ = std::jthread([this] { collect_all(); });
    collector_id_ = collector_.get_id();
  } catch (...) {
    end();
    return caught_error("the stream's threads could not be started");
  }
  return ok();
}

ImagePipeline::~ImagePipeline() {
  if (const Status status = close(); !status) return;  // receivers were told, and status() could have been asked
}

Status ImagePipeline::refusal() const {
  if (failure_) return Error(*failure_).in("not accepted: it had failed before");
  if (is_closed_) return user_error("not accepted: it is closed; open another one");
  return ok();
}

Status ImagePipeline::submit(ImageInput image, Receiver receiver) {
  Line one;
  Passage& passage = one.emplace_back(std::move(image), std::move(receiver));
  if (auto* codes = std::get_if<ImageInput::Codes>(&passage.input.content)) {
    passage.codes = std::move(*codes);
    passage.is_ready = true;
  }
  const bool is_ready = passage.is_ready;
  Lock lock(mutex_);
  if (is_full_ && is_receiving_thread() && refusal()) {
    return user_error(
        "not accepted: {} images wait already, and a receiver that waited for room would wait for itself; submit from "
        "another thread, or let more images wait",
        waiting_.size());
  }
  has_room_.wait(lock, [this] { return !is_full_ || is_closed_ || is_broken_; });
  SLUICE_CHECK(refusal());
  if (!is_ready) unprepared_.push_back(&passage);  // the last step that can fail
  waiting_.splice(waiting_.end(), one);
  is_full_ = waiting_.size() >= max_waiting_;
  passage.index = statistics_.taken++;
  ++unfinished_;
  if (passage.index == 0) start_ = last_delivery_ = Clock::now();
  if (is_ready && !is_receiving_thread()) {
    send_ready(lock);
  } else {
    lock.unlock();
    (is_ready ? may_send_ : has_unprepared_).notify_one();
  }
  return ok();
}

bool ImagePipeline::wait_for_room() {
  Lock lock(mutex_);
  has_room_.wait(lock, [this] { return !is_full_ || is_closed_ || is_broken_; });
  return !is_closed_ && !is_broken_;
}

void ImagePipeline::prepare_all(unsigned worker) {
  Lock lock(mutex_);
  while (true) {
    has_unprepared_.wait(lock, [this] { return is_ending_ || !unprepared_.empty(); });
    if (unprepared_.empty()) return;
    Passage& passage = *unprepared_.front();  // stays in its line until it is ready
    unprepared_.pop_front();
    if (!is_broken_) {
      lock.unlock();
      passage.marks.worker = worker;
      prepare(passage);
      lock.lock();
    }
    passage.is_ready = true;
    send_ready(lock);
    lock.lock();
  }
}

void ImagePipeline::prepare(Passage& passage) const {
  const auto begin = Clock::now();
  try {
    auto* load = std::get_if<ImageInput::Load>(&passage.input.content);
    const Result<Picture> picture = load ? (*load)() : std::get<Picture>(passage.input.content);
    const auto decoded = Clock::now();
    passage.times.decode = decoded - begin;
    passage.marks.prepare = begin;
    passage.marks.decoded = passage.marks.prepared = decoded;
    if (!picture) {
      passage.problem = picture.error();  // the source of the picture has named it
    } else if (Status status = check(picture.value()); !status) {
      passage.problem = std::move(status).error().in(passage.name());
    } else {
      Result<ImageInput::Codes> codes = preprocessor_.codes(picture.value());
      passage.marks.prepared = Clock::now();
      passage.times.preprocess = passage.marks.prepared - decoded;
      if (codes)
        passage.codes = std::move(codes).value();
      else
        passage.problem = std::move(codes).error().in(passage.name());
    }
  } catch (const std::exception& problem) {
    passage.problem = world_error("{}: decoding failed: {}", passage.name(), problem.what());
  }
  passage.input.content = ImageInput::Codes();  // it may hold a camera frame
}

void ImagePipeline::send_when_woken() {
  Lock lock(mutex_);
  while (true) {
    may_send_.wait(lock, [this] { return is_ending_ || (!is_sending_ && can_send()); });
    if (is_ending_) return;
    send_ready(lock);
    lock.lock();
  }
}

bool ImagePipeline::can_send() const {
  return !waiting_.empty() && waiting_.front().is_ready && (is_broken_ || underway_.size() < capacity_);
}

// Returns with the lock released: threads are woken when it is free.
void ImagePipeline::send_ready(Lock& lock) {
  if (is_sending_) return lock.unlock();  // who sends looks once more before it ends
  is_sending_ = true;
  for (int sent = 0; sent < kMostSentAtOnce && can_send(); ++sent) {
    Line one;
    one.splice(one.end(), waiting_, waiting_.begin());
    Passage& passage = one.front();
    const bool has_emptied = is_full_ && waiting_.size() <= max_waiting_ / 2;
    if (has_emptied) is_full_ = false;
    if (is_broken_) passage.problem.reset();  // lost like those before it
    const bool is_sent = !is_broken_ && !passage.problem;
    lock.unlock();
    if (has_emptied) has_room_.notify_all();
    Line canaries;
    if (is_sent) canaries = send(passage);
    lock.lock();
    statistics_.accepted += passage.is_inside && !passage.is_canary;
    unfinished_ += canaries.size();
    waiting_.splice(waiting_.begin(), canaries);
    underway_.splice(underway_.end(), one);
    has_underway_.notify_one();
  }
  is_sending_ = false;
  const bool is_more_ready = can_send();
  lock.unlock();
  if (is_more_ready) may_send_.notify_one();
}

// The passages that are to follow it.
ImagePipeline::Line ImagePipeline::send(Passage& passage) {
  try {
    ImageRows rows{passage.row_id, {}};
    if (options_.rows_for && !passage.is_canary) rows = options_.rows_for(passage.index);
    passage.row_id = rows.answer;
    Line canaries = canaries_of(passage, rows.canaries);
    if (options_.mark) passage.marks.submit = Clock::now();
    Status status = device_.submit({passage.index, passage.row_id, std::move(passage.codes)});
    if (options_.mark) passage.marks.submitted = Clock::now();
    passage.is_inside = bool(status);
    if (status) {
      if (!passage.is_canary) passage.canaries_to_come = canaries.size();
      return canaries;
    }
    if (status.error().fault() == Fault::user)
      passage.problem = std::move(status).error().in(passage.name());  // refused, not accepted: the device is well
    else
      break_off(
          std::move(status).error().in(fmt::format("{}: submitting {} failed", device_.info().driver, passage.name())));
  } catch (...) {
    break_off(caught_error("submitting images failed"));
  }
  return {};
}

ImagePipeline::Line ImagePipeline::canaries_of(const Passage& passage, const std::vector<std::uint32_t>& rows) {
  Line canaries;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Passage& canary = canaries.emplace_back(ImageInput::Codes(), nullptr);
    canary.input.name = passage.input.name;
    canary.index = passage.index;
    canary.is_ready = true;
    canary.codes = passage.codes;
    canary.row_id = rows[r];
    canary.is_canary = true;
    canary.canaries_to_come = rows.size() - r - 1;
  }
  return canaries;
}

// The first failure is the story; what follows from it is not. Nothing more is sent from here on.
void ImagePipeline::break_off(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    is_broken_ = true;
  }
  has_room_.notify_all();
  may_send_.notify_all();
}

Status ImagePipeline::close() {
  if (is_receiving_thread())
    return user_error("a receiver cannot close what it receives from: it would wait for itself; close elsewhere");
  const std::lock_guard one_at_a_time(closing_);
  {
    Lock lock(mutex_);
    is_closed_ = true;
    has_room_.notify_all();
    is_idle_.wait(lock, [this] { return unfinished_ == 0; });
  }
  end();
  if (!failure_) return ok();
  return Error(failure_->fault(), fmt::format("{}; {}", failure_->text(), statistics_.told()));
}

void ImagePipeline::end() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_unprepared_.notify_all();
  may_send_.notify_all();
  has_underway_.notify_all();
  for (std::jthread& worker : workers_)
    if (worker.joinable()) worker.join();
  if (sender_.joinable()) sender_.join();
  if (collector_.joinable()) collector_.join();
}

Status ImagePipeline::status() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? Status(*failure_) : ok();
}

StreamStatistics ImagePipeline::statistics() const {
  const std::lock_guard lock(mutex_);
  StreamStatistics now = statistics_;
  now.wall_seconds = std::chrono::duration<double>(last_delivery_ - start_).count();
  return now;
}

}  // namespace sluice
