// SPDX-License-Identifier: Apache-2.0
// TraceFile: what a session did when, for the trace viewers of browsers (chrome://tracing, Perfetto).
//
// Why: "why is the device idle at second three?" is answered by a picture of the stages, of all images, side by side.
// The idea: the trace-event format ("Trace Event Format", JSON array), one process with a track for each worker that
// decodes and preprocesses, one for submission and one for collection; an image inside the device is an asynchronous
// event, since images overlap there. The row is the event's name and colour, and an argument beside the image's number.
//
//   decode, preprocess   X on the worker's track      rate, row           counters, ten times a second
//   submit               X                            row 0 -> 2          an instant, where a decision took another row
//   row 2                b and e, cat "device"        fpga is lost ...    an instant, where another device took over
//   collect, deliver     X
//
// The file is whole after each write, so also where the process is killed: a write puts the end of the array after its
// events, and the next one begins on top of that. Memory: one buffer.
//
// Cost: 3 us of processor time and 900 bytes an image (tests/perf/session_last.txt).
//
// Before: a regular file that may be made. After close(): the file is whole. A write that fails ends the trace and not
// the stream; close() tells it.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/adapt/decision.hpp"
#include "runtime/hal/failover_device.hpp"
#include "runtime/stream/stage_marks.hpp"

namespace sluice {

class TraceFile {
 public:
  // `rate_kind`: of the device's clock, by which the rate is counted.
  static Result<std::unique_ptr<TraceFile>> open(const std::filesystem::path& file, const std::string& rate_kind);
  ~TraceFile();

  // From any thread.
  void add(const StageMarks& image);
  void add(const Decision& decision);
  void add(const Takeover& takeover);
  // The first failure, where there was one.
  Status close();

 private:
  using Moment = StageMarks::Moment;

  TraceFile(std::filesystem::path file, int descriptor, std::string rate_kind)
      : file_(std::move(file)), rate_kind_(std::move(rate_kind)), descriptor_(descriptor) {}
  template <typename Append>
  void append(Append events);
  void add_span(const char* name, unsigned track, Moment begin, Moment end, const StageMarks& image);
  void add_instant(const std::string& name);
  void add_counters(const StageMarks& image);
  void name_track(unsigned track, const std::string& name);
  double us(Moment moment) const;
  void write();

  const std::filesystem::path file_;
  const std::string rate_kind_;
  const Moment opened_ = std::chrono::steady_clock::now();
  std::mutex mutex_;  // guards all that follows
  int descriptor_;
  Status failure_;
  std::string buffer_;
  std::uint64_t offset_ = 0;  // where the next events go
  Moment written_ = opened_, counted_ = opened_;
  unsigned named_workers_ = 0;
  std::uint64_t answers_ = 0;                       // since the last counters
  std::chrono::nanoseconds counted_completion_{0};  // of the last image before
};

}  // namespace sluice
