// SPDX-License-Identifier: Apache-2.0
// How one device takes over from another (see failover_device.hpp).
//
// `sending` is held while images go into a device, so submit() and a takeover exclude each other; `mutex` guards the
// rest and is never held while images enter or leave a device. Of both, `sending` is taken first.
#include "runtime/hal/failover_device.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/hal/admission.hpp"
#include "runtime/hal/answer_check.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLooksPerLimit = 8;

Status submitted(Device& device, ImageTask task) {
  try {
    return device.submit(std::move(task));
  } catch (...) {
    return caught_error("submitting an image failed");
  }
}

Result<ImageScores> collected(Device& device) {
  try {
    return device.collect();
  } catch (...) {
    return caught_error("collecting an answer failed");
  }
}

// What the threads of the devices share with their owner, which they may outlive.
struct Shared {
  Devices devices;
  std::size_t classes = 0;

  std::mutex sending;
  mutable std::mutex mutex;  // guards all that follows
  std::condition_variable changed;
  std::size_t working = 0;                              // of `devices`
  std::deque<std::shared_ptr<const ImageTask>> inside;  // oldest first; the first of them have their answers
  std::deque<ImageScores> answers;                      // not yet collected
  std::size_t underway = 0;                             // accepted by the working device and not answered by it
  std::optional<Error> lost_by;                         // the working device, and nobody has taken over yet
  std::optional<Error> failure;                         // of the last device
  bool is_ending = false;
  std::vector<bool> is_called, is_stuck;  // of each device: collect() is running; it is given up
  // The clock of answers.
  std::optional<std::chrono::nanoseconds> offset{0};  // of the working device's clock; none: until its first answer
  std::chrono::nanoseconds last_completion{0};
  Clock::time_point last_answer = Clock::now();
  std::vector<std::thread> threads;  // one for each device; of the owner alone

  void collect_from(std::size_t device);
  void take_answer(ImageScores answer);
};

// The thread of one device.
void Shared::collect_from(std::size_t device) {
  const std::shared_ptr<Device> self = devices[device];
  std::unique_lock lock(mutex);
  const auto is_over = [&] { return is_ending || working > device; };
  while (true) {
    changed.wait(lock, [&] { return is_over() || (working == device && underway > 0 && !lost_by); });
    if (is_over()) return;
    is_called[device] = true;
    lock.unlock();
    Result<ImageScores> answer = collected(*self);
    lock.lock();
    is_called[device] = false;
    if (!is_over()) {
      --underway;
      const ImageTask& task = *inside[answers.size()];
      Status status = answer ? check_answer(answer.value(), task.image_id, task.row_id, classes)
                             : Status(std::move(answer).error());
      if (status)
        take_answer(std::move(answer).value());
      else
        lost_by = std::move(status).error();
    }
    changed.notify_all();
  }
}

void Shared::take_answer(ImageScores answer) {
  const auto now = Clock::now();
  if (!offset) {
    const std::chrono::nanoseconds gap =
        devices[working]->info().is_simulated() ? answer.device_time : std::chrono::nanoseconds(now - last_answer);
    offset = last_completion + gap - answer.completed_at;
  }
  last_answer = now;
  last_completion = std::max(last_completion, answer.completed_at + *offset);
  answer.completed_at = last_completion;
  answers.push_back(std::move(answer));
}

class FailoverDevice final : public Device {
 public:
  FailoverDevice(Devices devices, FailoverOptions options)
      : options_(std::move(options)), shared_(std::make_shared<Shared>()) {
    shared_->is_called.resize(devices.size());
    shared_->is_stuck.resize(devices.size());
    shared_->devices = std::move(devices);
    shared_->classes = options_.classes;
  }
  ~FailoverDevice() override;
  void start();

  DeviceInfo info() const override;
  std::size_t capacity() const override;
  Status submit(ImageTask task) override;
  Result<ImageScores> collect() override;
  std::vector<KernelTime> kernel_times() const override;
  std::string remark() const override;

 private:
  bool take_over(std::size_t from, Error cause, bool is_last_new);

  const FailoverOptions options_;
  const std::shared_ptr<Shared> shared_;
};

void FailoverDevice::start() {
  for (std::size_t d = 0; d < shared_->devices.size(); ++d)
    shared_->threads.emplace_back([shared = shared_, d] { shared->collect_from(d); });
}

FailoverDevice::~FailoverDevice() {
  Shared& s = *shared_;
  std::unique_lock lock(s.mutex);
  s.is_ending = true;
  s.changed.notify_all();
  for (std::size_t d = 0; d < s.threads.size(); ++d) {
    const bool has_returned =
        !s.is_stuck[d] && s.changed.wait_for(lock, options_.answer_limit, [&] { return !s.is_called[d]; });
    lock.unlock();
    has_returned ? s.threads[d].join() : s.threads[d].detach();
    lock.lock();
  }
}

DeviceInfo FailoverDevice::info() const {
  const std::lock_guard lock(shared_->mutex);
  DeviceInfo info = shared_->devices[shared_->working]->info();
  for (const auto& device : shared_->devices) info.does_row_change_rate &= device->info().does_row_change_rate;
  return info;
}

std::size_t FailoverDevice::capacity() const {
  std::size_t least = shared_->devices[0]->capacity();
  for (const auto& device : shared_->devices) least = std::min(least, device->capacity());
  return least;
}

std::vector<KernelTime> FailoverDevice::kernel_times() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->devices[shared_->working]->kernel_times();
}

std::string FailoverDevice::remark() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->devices[shared_->working]->remark();
}

Status FailoverDevice::submit(ImageTask task) {
  Shared& s = *shared_;
  const auto kept = std::make_shared<const ImageTask>(std::move(task));
  const std::lock_guard sending(s.sending);
  std::size_t working = 0;
  {
    const std::lock_guard lock(s.mutex);
    if (s.failure) return *s.failure;
    if (s.inside.size() >= capacity())
      return bug_error(fmt::format("submit to a full device ({} images inside); collect first", s.inside.size()));
    s.inside.push_back(kept);
    working = s.working;
  }
  Status status = submitted(*s.devices[working], *kept);
  if (!status && status.error().fault() != Fault::user) {
    if (take_over(working, std::move(status).error(), true)) return ok();
    status = *s.failure;  // set for good
  }
  const std::lock_guard lock(s.mutex);
  if (status)
    ++s.underway;
  else
    s.inside.pop_back();
  s.changed.notify_all();
  return status;
}

// False where no device is left. `sending` is held. `is_last_new`: the newest image has not been accepted before.
bool FailoverDevice::take_over(std::size_t from, Error cause, bool is_last_new) {
  Shared& s = *shared_;
  std::unique_lock lock(s.mutex);
  while (s.working == from && !s.failure) {
    if (from + 1 == s.devices.size()) {
      s.failure = s.devices.size() == 1 ? std::move(cause)
                                        : Error(cause.fault(), cause.text() + "; no other device is left to take over");
      break;
    }
    const std::vector<std::shared_ptr<const ImageTask>> owed(s.inside.begin() + std::ptrdiff_t(s.answers.size()),
                                                             s.inside.end());
    s.working = from + 1;
    s.underway = 0;
    s.lost_by.reset();
    s.offset.reset();
    const Takeover takeover{s.devices[from]->info().driver, s.devices[s.working]->info().driver, std::move(cause),
                            owed.size() - is_last_new};
    ++from;
    lock.unlock();
    if (options_.on_takeover) options_.on_takeover(takeover);
    Status status;
    for (auto task = owed.begin(); task != owed.end() && status; ++task) {
      status = submitted(*s.devices[from], **task);
      lock.lock();
      s.underway += bool(status);
      s.changed.notify_all();
      lock.unlock();
    }
    lock.lock();
    if (status) break;
    cause = std::move(status).error();
  }
  s.changed.notify_all();
  return !s.failure;
}

Result<ImageScores> FailoverDevice::collect() {
  Shared& s = *shared_;
  std::unique_lock lock(s.mutex);
  int looks = 0;
  while (s.answers.empty()) {
    // What the last device accepted before it refused one still leaves.
    const auto is_over = [&] { return s.failure && (s.underway == 0 || s.lost_by); };
    if (is_over()) return *s.failure;
    SLUICE_CHECK(Admission::check_inside(s.inside.size()));
    const std::size_t working = s.working;
    const auto has_news = [&] { return !s.answers.empty() || s.lost_by || s.working != working || is_over(); };
    const bool has_waited_in_vain = !s.changed.wait_for(lock, options_.answer_limit / kLooksPerLimit, has_news);
    looks = has_waited_in_vain && s.underway > 0 ? looks + 1 : 0;
    if (looks == kLooksPerLimit) {
      s.lost_by = world_error("no answer for {:g} s with {} image{} inside",
                              std::chrono::duration<double>(options_.answer_limit).count(), s.underway,
                              s.underway == 1 ? "" : "s");
      s.is_stuck[working] = true;
    }
    if (!s.lost_by || s.failure || s.working != working) continue;
    Error cause = *s.lost_by;
    lock.unlock();
    {
      const std::lock_guard sending(s.sending);
      take_over(working, std::move(cause), false);
    }
    lock.lock();
    looks = 0;
  }
  ImageScores answer = std::move(s.answers.front());
  s.answers.pop_front();
  s.inside.pop_front();
  return answer;
}

}  // namespace

std::string Takeover::told() const {
  return fmt::format("{} is lost: {}; {} takes over, {} image{} submitted again", lost, cause.text(), next,
                     resubmitted_images, resubmitted_images == 1 ? "" : "s");
}

Result<std::unique_ptr<Device>> open_failover_device(Devices devices, FailoverOptions options) {
  if (devices.empty()) return user_error("no device is named");
  const DeviceInfo first = devices[0]->info();
  for (const auto& device : devices) {
    const DeviceInfo info = device->info();
    if (info.rate_kind == first.rate_kind) continue;
    return user_error("{} cannot stand in for {}: rates of one are {}, of the other {}; name devices of one kind",
                      info.driver, first.driver, info.rate_kind, first.rate_kind);
  }
  auto device = std::make_unique<FailoverDevice>(std::move(devices), std::move(options));
  try {
    device->start();
  } catch (...) {
    return caught_error("a device's thread could not be started");
  }
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
