// SPDX-License-Identifier: Apache-2.0
// Implementation of stream.hpp: one object per run holds the queue between submit and collect and everything counted.
#include "runtime/stream/stream.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/images/preprocess.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

// One picture between source and receiver. A problem means: it will not reach the device, its error is the outcome.
struct Passage {
  std::uint64_t index = 0;
  SourceItem item;
  Picture picture;
  std::vector<std::int16_t> codes;
  std::uint32_t row_id = 0;
  StageTimes times;
  std::optional<Error> problem;
};
using Token = std::shared_ptr<Passage>;

class Stream {
 public:
  Stream(Device& device, const IntegerNetwork& network, Source& source, const Receiver& receiver,
         const StreamOptions& options, std::stop_token stop)
      : device_(device),
        preprocessor_(network),
        source_(source),
        receiver_(receiver),
        options_(options),
        stop_(std::move(stop)),
        capacity_(device.capacity()) {
    if (options.max_in_device != 0) capacity_ = std::min(capacity_, options.max_in_device);
  }

  StreamReport run() {
    if (capacity_ == 0) return {bug_error("a device without capacity"), {}};
    const int machine = tbb::info::default_concurrency();
    const int threads = options_.threads > 0 ? std::min(options_.threads, machine) : machine;
    const std::size_t tokens =
        options_.max_prepared > 0 ? options_.max_prepared : 2 * static_cast<std::size_t>(threads);
    start_ = last_delivery_ = Clock::now();
    {
      std::jthread collecting([this] { collect_all_or_tell(); });
      try {
        tbb::task_arena arena(threads);
        arena.execute([&] { pump(tokens); });
      } catch (...) {
        break_off(caught_error("the stream's threads failed"));
      }
      const std::lock_guard lock(mutex_);
      is_complete_ = true;
      changed_.notify_all();
    }  // from here on all threads have ended and the members are this thread's alone
    return report();
  }

 private:
  void pump(std::size_t tokens) {
    namespace flow = oneapi::tbb;
    const auto in_order = flow::filter_mode::serial_in_order;
    flow::parallel_pipeline(
        tokens, flow::make_filter<void, Token>(in_order, [this](flow::flow_control& control) {
                  return take(control);
                }) & flow::make_filter<Token, Token>(flow::filter_mode::parallel, [this](Token token) {
                  return prepare(token);
                }) & flow::make_filter<Token, void>(in_order, [this](const Token& token) { submit(token); }));
  }

  Token take(oneapi::tbb::flow_control& control) {
    if (!stop_.stop_requested() && !is_interrupted() && !is_broken()) {
      Result<std::optional<SourceItem>> item = source_.next(stop_);
      if (!item) {
        fail(std::move(item).error().in("the source of pictures failed"));
      } else if (item->has_value()) {
        auto token = std::make_shared<Passage>();
        token->index = statistics_.taken++;
        token->item = std::move(**item);
        return token;
      }
    }
    control.stop();
    return nullptr;
  }

  Token prepare(const Token& token) {
    if (is_broken()) return token;
    const auto begin = Clock::now();
    try {
      Result<Picture> picture = token->item.load();
      const auto decoded = Clock::now();
      token->times.decode = decoded - begin;
      if (!picture) {
        token->problem = std::move(picture).error();
        return token;
      }
      Result<std::vector<std::int16_t>> codes = preprocessor_.codes(*picture);
      token->times.preprocess = Clock::now() - decoded;
      if (codes) {
        token->codes = std::move(codes).value();
      } else {
        token->problem = std::move(codes).error().in(token->item.name);
      }
    } catch (const std::exception& problem) {
      token->problem = world_error("{}: decoding failed: {}", token->item.name, problem.what());
    }
    token->item.load = nullptr;  // it may hold a camera frame
    return token;
  }

  void submit(const Token& token) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_broken_ || underway_.size() < capacity_; });
      if (is_broken_) return;
    }
    if (!token->problem) {
      token->row_id = options_.row_for ? options_.row_for(token->index) : 0;
      Status status = device_.submit({token->index, token->row_id, std::move(token->codes)});
      if (status) {
        ++statistics_.accepted;
      } else if (status.error().fault() == Fault::user) {
        token->problem = std::move(status).error().in(token->item.name);  // refused, not accepted: the device is well
      } else {
        break_off(std::move(status).error().in(
            fmt::format("{}: submitting {} failed", device_.info().driver, token->item.name)));
        return;
      }
    }
    const std::lock_guard lock(mutex_);
    underway_.push_back(token);
    changed_.notify_all();
  }

  // An exception that leaves a thread would end the program.
  void collect_all_or_tell() {
    try {
      collect_all();
    } catch (...) {
      break_off(caught_error("collecting results failed"));
    }
  }

  void collect_all() {
    bool is_delivering = true;
    while (true) {
      Token token;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return is_complete_ || !underway_.empty(); });
        if (underway_.empty()) return;
        token = underway_.front();  // stays in the queue while inside the device, so that capacity_ counts it
      }
      Outcome outcome{token->index, token->item.name, token->item.label, Classification{}};
      if (token->problem) {
        outcome.result = *token->problem;
      } else {
        outcome.result = collect(*token);
        if (!outcome.result) {
          break_off(std::move(outcome.result)
                        .error()
                        .in(fmt::format("{}: collecting {} failed", device_.info().driver, token->item.name)));
          return;
        }
      }
      {
        const std::lock_guard lock(mutex_);
        underway_.pop_front();
        changed_.notify_all();
      }
      // After the receiver has failed the rest is collected all the same: the device is left empty.
      if (is_delivering) is_delivering = deliver(*token, std::move(outcome));
    }
  }

  Result<Classification> collect(const Passage& passage) {
    ImageScores scores = SLUICE_TRY(device_.collect());
    if (scores.image_id != passage.index || scores.row_id != passage.row_id) {
      return bug_error(fmt::format("image {} row {} came out where image {} row {} went in", scores.image_id,
                                   scores.row_id, passage.index, passage.row_id));
    }
    Classification classification{
        passage.index,       passage.row_id, std::move(scores.scores), {}, std::move(scores.counters),
        scores.completed_at, passage.times};
    classification.top = top_k(classification.scores, options_.top_k);
    classification.times.device = scores.device_time;
    return classification;
  }

  // Returns false when the receiver failed.
  bool deliver(const Passage& passage, Outcome outcome) {
    const bool is_error = !outcome.result;
    StageTimes times;
    std::chrono::nanoseconds completed_at{0};
    if (!is_error) {
      completed_at = outcome.result->completed_at;
      outcome.result->times.total = Clock::now() - passage.item.arrived;
      times = outcome.result->times;
    }
    Status status;
    try {
      status = receiver_(std::move(outcome));
    } catch (const std::runtime_error& problem) {
      status =
          bug_error(fmt::format("the receiver of outcomes threw: {}", problem.what()));  // it returns what it cannot do
    } catch (...) {
      status = caught_error("the receiver of outcomes threw");
    }
    if (!status) {
      break_off(std::move(status).error());
      return false;
    }
    last_delivery_ = Clock::now();
    ++statistics_.delivered;
    if (is_error) {
      ++statistics_.errors;
      return true;
    }
    statistics_.add_completion(completed_at);
    statistics_.decode.add(times.decode);
    statistics_.preprocess.add(times.preprocess);
    statistics_.device.add(times.device);
    statistics_.total.add(times.total);
    return true;
  }

  bool is_broken() {
    const std::lock_guard lock(mutex_);
    return is_broken_;
  }

  // The first failure is the story; what follows from it is not.
  void fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
  }

  // Nothing more is submitted from here on; what is inside the device is still collected.
  void break_off(Error error) {
    fail(std::move(error));
    const std::lock_guard lock(mutex_);
    is_broken_ = true;
    changed_.notify_all();
  }

  StreamReport report() {
    StreamStatistics& s = statistics_;
    s.wall_seconds = std::chrono::duration<double>(last_delivery_ - start_).count();
    s.lost = s.accepted - (s.delivered - s.errors);
    s.abandoned = s.taken - s.delivered - s.lost;
    if (!failure_) return {ok(), std::move(s)};
    const Error told(
        failure_->fault(),
        fmt::format("{}; of {} images taken the device accepted {}, {} were delivered, {} of the accepted are lost",
                    failure_->text(), s.taken, s.accepted, s.delivered, s.lost));
    return {told, std::move(s)};
  }

  Device& device_;
  const Preprocessor preprocessor_;
  Source& source_;
  const Receiver& receiver_;
  const StreamOptions& options_;
  const std::stop_token stop_;
  std::size_t capacity_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Token> underway_;  // submitted or refused, not yet collected; oldest first
  bool is_complete_ = false;    // nothing will be added to underway_
  bool is_broken_ = false;
  std::optional<Error> failure_;

  // `taken` belongs to the source filter, `accepted` to the submit filter, the rest to the collecting thread.
  StreamStatistics statistics_;
  Clock::time_point start_;
  Clock::time_point last_delivery_;
};

}  // namespace

StreamReport run_stream(Device& device, const IntegerNetwork& network, Source& source, const Receiver& receiver,
                        const StreamOptions& options, std::stop_token stop) {
  return Stream(device, network, source, receiver, options, std::move(stop)).run();
}

StreamReport run_stream(Device& device, const IntegerNetwork& network, const ImageSet& images, const Receiver& receiver,
                        const StreamOptions& options, std::stop_token stop) {
  ImageSetSource source(images);
  return run_stream(device, network, source, receiver, options, std::move(stop));
}

}  // namespace sluice
