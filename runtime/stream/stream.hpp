// SPDX-License-Identifier: Apache-2.0
// The host pipeline: source -> decode -> preprocess -> submit -> collect -> label, around one device.
//
// Why: decoding a photo takes milliseconds, an FPGA answers in fractions of one. So the device is only busy when
// several pictures are prepared while others are inside it. And a stream must keep its word whatever happens: order, no
// picture twice, none silently missing, memory that does not grow.
//
// The idea:
//
//   source --> decode, preprocess --> submit ==> [ device ] ==> collect, label, receiver
//   serial     parallel (oneTBB)      serial      capacity()     one thread of its own
//
// A bounded number of tokens runs through the oneTBB pipeline on the left. Submit appends to a short queue of what is
// on its way, which the collecting thread empties in order. A picture that could not be decoded travels in that queue
// as its error and so keeps its place. Submit waits while the queue holds as many as the device does. It waits only for
// the collecting thread, never for another oneTBB task, so one worker thread is enough and nothing can lock up.
// Back-pressure: a slow receiver fills the queue, then the device, then the tokens, and the source is not asked again.
//
// How it ends:
//   end of source or stop   everything taken from the source is delivered
//   source fails            the same, then the source's error
//   device fails            nothing more is submitted; what can still be collected before the failure is delivered
//   receiver fails          nothing more is delivered
// In the last three the status says so in a sentence with the counts, and the statistics hold them as numbers. Every
// thread has ended when run_stream returns.
#pragma once

#include <functional>

#include "runtime/bundle/network.hpp"
#include "runtime/hal/device.hpp"
#include "runtime/stream/source.hpp"
#include "runtime/stream/statistics.hpp"

namespace sluice {

struct StageTimes {
  std::chrono::nanoseconds decode{0};
  std::chrono::nanoseconds preprocess{0};
  std::chrono::nanoseconds device{0};  // submission to completion, as the device saw it
  std::chrono::nanoseconds total{0};   // arrival to delivery, waiting included
};

struct Classification {
  std::uint64_t image_id = 0;
  std::uint32_t row_id = 0;
  std::vector<std::int32_t> scores;
  std::vector<int> top;                      // best classes by top_k.hpp
  std::vector<LayerCounters> counters;       // as the device counted; empty where it does not
  std::chrono::nanoseconds completed_at{0};  // on the device's clock
  StageTimes times;
};

// What became of one picture.
struct Outcome {
  std::uint64_t index = 0;  // position in the source, from 0
  std::string name;
  std::optional<int> label;  // the true class, where known
  Result<Classification> result;
};

struct StreamOptions {
  std::size_t top_k = 5;
  std::size_t max_in_device = 0;  // 0: the device's capacity; a larger value means the capacity
  std::size_t max_prepared = 0;   // pictures between source and device; 0: twice the number of threads
  int threads = 0;                // for decoding and preprocessing; 0, or more than the machine has: all it has
  // Row of the design table for an image; called in order. Empty: row 0.
  std::function<std::uint32_t(std::uint64_t index)> row_for;
};

struct StreamReport {
  Status status;
  StreamStatistics statistics;
};

// Called in order of the source, from one thread. A failure (a full disk, say) stops the stream and becomes its status.
using Receiver = std::function<Status(Outcome)>;

// Before: the device is open and empty. After: the device is empty unless it failed.
StreamReport run_stream(Device& device, const IntegerNetwork& network, Source& source, const Receiver& receiver,
                        const StreamOptions& options = {}, std::stop_token stop = {});

// All pictures of a set, once.
StreamReport run_stream(Device& device, const IntegerNetwork& network, const ImageSet& images, const Receiver& receiver,
                        const StreamOptions& options = {}, std::stop_token stop = {});

}  // namespace sluice
