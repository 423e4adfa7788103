// SPDX-License-Identifier: Apache-2.0
// ImagePipeline: accept -> decode, preprocess -> send -> collect -> deliver, around one device, fed by many threads.
//
// Why: decoding a photo takes milliseconds, an FPGA answers in fractions of one. So the device is only busy when
// several pictures are prepared while others are inside it. And a stream must keep its word whatever happens: order,
// one outcome for each accepted image, memory that does not grow.
//
// The idea: two lines of images, both in the order of acceptance.
//
//   submit() --> [ waiting ] =======> [ underway: in the device ] =======> receivers
//                 prepared by many     sent by one thread at a time         one thread of its own
//
// submit() appends to the first line, and waits while that is full. Workers prepare its images in parallel. Whoever
// finds the first one ready, and room in the device, sends it: a worker that has just prepared it, a caller whose codes
// need no preparation, or the sending thread, which is woken when there is room again. One of them does so at a time,
// so images enter in order, and no thread is woken without need. An image that could not be prepared passes both lines
// with its error, and so keeps its place. Nodes of lists move from line to line: that takes no memory and cannot fail.
// A canary is an image that is computed under further rows besides (runtime/hal/image_rows.hpp). Who sends it puts its
// codes once more at the head of the first line for each of them, so they follow it into the device, take its room, and
// come out after it. Their results go to what learns, and to nobody else; the image has been delivered by then.
//
// Back-pressure: a slow receiver fills the device, then the first line, and then submit() waits until that is half
// empty, so that threads do not take turns image by image.
//
// Why not oneTBB's pipeline: it asks a source, on the thread that runs it, and here threads push. Its arena counts on
// its caller for a thread, so tasks that nobody waits for would have one of two cores.
//
// How it fails:
//   device            nothing more is sent; what can still be collected before the failure is delivered; the rest is
//                     delivered as lost, with the failure
//   receiver, learn   what is inside the device is collected; all that remains is delivered as lost
// After a failure submit() returns it.
//
// Before: the device is open and empty, and used by nobody else. After close(): every accepted image has had its
// outcome, all threads have ended, and the device is empty unless it failed.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/bundle/network.hpp"
#include "runtime/hal/device.hpp"
#include "runtime/hal/image_rows.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/stream/outcome.hpp"
#include "runtime/stream/source.hpp"
#include "runtime/stream/stage_marks.hpp"
#include "runtime/stream/stream.hpp"

namespace sluice {

struct PipelineOptions {
  std::size_t top_k = 5;
  std::size_t max_in_device = 0;  // 0: the device's capacity; a larger value means the capacity
  std::size_t max_waiting = 0;    // accepted and not yet in the device; 0: kUsualWaiting
  int threads = 0;                // for decoding and preprocessing; 0, or more than the machine has: all it has
  // Rows of the design table for an image; called in order. Empty: row 0.
  std::function<ImageRows(std::uint64_t index)> rows_for;
  // Told of each classified image before it is delivered, and then of its canaries; `to_come`: so many of them are
  // still to come. Empty: nobody is.
  std::function<Status(const Classification&, std::size_t to_come)> learn;
  // Told of each image and canary when it has passed all stages; throws nothing. Empty: nobody is.
  std::function<void(const StageMarks&)> mark;

  // Images that will be inside a device of this capacity at most.
  std::size_t most_inside(std::size_t capacity) const {
    return max_in_device == 0 ? capacity : std::min(capacity, max_in_device);
  }
};

class ImagePipeline {
 public:
  // Deep enough for threads to work through some images before another's turn on their core. Of those that are
  // prepared only codes are kept.
  static constexpr std::size_t kUsualWaiting = 32;

  // Starts the threads. Device and what the options call outlive the pipeline.
  static Result<std::unique_ptr<ImagePipeline>> open(Device& device, const IntegerNetwork& network,
                                                     PipelineOptions options);
  ~ImagePipeline();

  // Any thread may call. Waits while the line is full. On an error the image was not accepted, and the receiver is not
  // called.
  Status submit(ImageInput image, Receiver receiver);
  // Everything that a source gives, asked only when there is room; then closes. Whoever asked the process to end
  // (runtime/base/interrupt.hpp) stops it, too.
  StreamReport run(Source& source, const Receiver& receiver, std::stop_token stop = {});
  // Waits until everything accepted is delivered. The failure, with counts, where there was one.
  Status close();
  // The failure that ended the stream, as soon as there is one.
  Status status() const;
  StreamStatistics statistics() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  struct Passage {
    Passage(ImageInput image, Receiver to) : input(std::move(image)), receiver(std::move(to)) {}
    std::string name() const;

    ImageInput input;
    Receiver receiver;
    std::uint64_t index = 0;
    bool is_ready = false;  // prepared, or with a problem
    ImageInput::Codes codes;
    std::uint32_t row_id = 0;
    bool is_canary = false;            // computed besides its image's answer
    std::size_t canaries_to_come = 0;  // of the same image, further ones
    StageTimes times;
    std::chrono::nanoseconds completed_at{0};
    StageMarks marks;              // complete where somebody is told of them
    std::optional<Error> problem;  // it will not reach the device, this is its outcome
    bool is_inside = false;        // the device accepted it
  };
  using Line = std::list<Passage>;

  ImagePipeline(Device& device, const IntegerNetwork& network, PipelineOptions options);
  Status start();
  // Waits until submit() would not wait, where one thread submits; false when it would refuse.
  bool wait_for_room();

  Status refusal() const;
  bool is_receiving_thread() const { return std::this_thread::get_id() == collector_id_; }
  void prepare_all(unsigned worker);
  void prepare(Passage& passage) const;
  void send_when_woken();
  bool can_send() const;
  void send_ready(Lock& lock);
  Line send(Passage& passage);
  static Line canaries_of(const Passage& passage, const std::vector<std::uint32_t>& rows);
  void collect_all();
  std::optional<Result<Classification>> result_of(Passage& passage);
  Result<Classification> collect(Passage& passage);
  void deliver_canary(Passage& passage, std::optional<Result<Classification>> result);
  bool deliver(Passage& passage, std::optional<Result<Classification>> result);
  template <typename Take>
  bool is_taken(const std::string& by, Take take);
  void tell_marks(Passage& passage, bool is_answered, Clock::time_point delivered) const;
  void count_lost(const Passage& passage);
  void break_off(Error error);
  void end();

  Device& device_;
  const Preprocessor preprocessor_;
  const std::size_t classes_;
  const PipelineOptions options_;
  std::size_t capacity_ = 0, max_waiting_ = 0;

  mutable std::mutex mutex_;  // guards all of this paragraph
  std::condition_variable has_room_, has_unprepared_, may_send_, has_underway_, is_idle_;
  Line waiting_, underway_;
  std::deque<Passage*> unprepared_;  // of waiting_
  std::size_t unfinished_ = 0;       // accepted, and their receivers have not returned
  bool is_full_ = false, is_sending_ = false, is_broken_ = false, is_closed_ = false, is_ending_ = false;
  std::optional<Error> failure_;
  StreamStatistics statistics_;
  Clock::time_point start_, last_delivery_;

  bool can_collect_ = true, can_deliver_ = true;  // of the collecting thread alone
  std::mutex closing_;
  std::vector<std::jthread> workers_;
  std::jthread sender_, collector_;
  std::thread::id collector_id_;
};

}  // namespace sluice
