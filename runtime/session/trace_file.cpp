// SPDX-License-Identifier: Apache-2.0
// Events as text, and the file that is always whole (see trace_file.hpp).
#include "runtime/session/trace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <iterator>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

namespace sluice {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr milliseconds kWritePeriod{1000}, kCounterPeriod{100};
constexpr unsigned kSubmitTrack = 1, kCollectTrack = 2, kFirstWorkerTrack = 3;
constexpr const char* kEnd = "\n]\n";

// Colours that the viewers know by name (trace-viewer's color_scheme), one for each row in turn.
constexpr const char* kColours[] = {"good",      "rail_response", "rail_animate", "yellow",
                                    "rail_load", "bad",           "terrible",     "thread_state_iowait"};

const char* colour_of(std::uint32_t row) { return kColours[row % std::size(kColours)]; }

std::string quoted(const std::string& text) { return json_text(nlohmann::json(printable(text))); }

}  // namespace

Result<std::unique_ptr<TraceFile>> TraceFile::open(const std::filesystem::path& file, const std::string& rate_kind) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  const int number = errno;
  if (descriptor < 0) {
    const bool is_bad_name = number == ENOENT || number == ENOTDIR || number == EISDIR || number == ENAMETOOLONG;
    if (is_bad_name) return user_error("trace {}: cannot be created here: {}", file.string(), errno_text(number));
    return world_error("trace {}: open failed: {}", file.string(), errno_text(number));
  }
  struct stat kind {};
  if (::fstat(descriptor, &kind) != 0 || !S_ISREG(kind.st_mode)) {
    ::close(descriptor);
    return user_error("trace {}: is no regular file; a trace is written in place", file.string());
  }
  std::unique_ptr<TraceFile> trace(new TraceFile(file, descriptor, rate_kind));
  trace->append([&] {
    trace->buffer_ = "[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":0,\"args\":{\"name\":\"sluice\"}}";
    trace->name_track(kSubmitTrack, "submit");
    trace->name_track(kCollectTrack, "collect, deliver");
    trace->write();
  });
  SLUICE_CHECK(Status(trace->failure_));
  return trace;
}

TraceFile::~TraceFile() {
  if (const Status status = close(); !status) return;  // close() could have been asked
}

template <typename Append>
void TraceFile::append(Append events) {
  const std::lock_guard lock(mutex_);
  if (descriptor_ < 0) return;
  try {
    events();
    const Moment now = std::chrono::steady_clock::now();
    if (buffer_.size() >= kBufferBytes || now - written_ >= kWritePeriod) write();
  } catch (...) {
    if (failure_) failure_ = caught_error("writing the trace failed");
  }
}

double TraceFile::us(Moment moment) const {
  return std::chrono::duration<double, std::micro>(moment - opened_).count();
}

void TraceFile::name_track(unsigned track, const std::string& name) {
  fmt::format_to(std::back_inserter(buffer_),
                 ",\n{{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":{},\"args\":{{\"name\":\"{}\"}}}}",
                 track, name);
}

void TraceFile::add_span(const char* name, unsigned track, Moment begin, Moment end, const StageMarks& image) {
  fmt::format_to(std::back_inserter(buffer_),
                 ",\n{{\"name\":\"{}\",\"ph\":\"X\",\"pid\":1,\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f},\"cname\":\"{}\","
                 "\"args\":{{\"image\":{},\"row\":{}}}}}",
                 name, track, us(begin), us(end) - us(begin), colour_of(image.row), image.image, image.row);
}

void TraceFile::add(const StageMarks& image) {
  append([&] {
    if (image.prepare != Moment()) {
      const unsigned track = kFirstWorkerTrack + image.worker;
      for (; named_workers_ <= image.worker; ++named_workers_)
        name_track(kFirstWorkerTrack + named_workers_, fmt::format("worker {}", named_workers_));
      add_span("decode", track, image.prepare, image.decoded, image);
      add_span("preprocess", track, image.decoded, image.prepared, image);
    }
    if (image.submit != Moment()) add_span("submit", kSubmitTrack, image.submit, image.submitted, image);
    if (!image.is_answered) return;
    for (const auto& [phase, at] : {std::pair('b', image.submit), std::pair('e', image.collected)}) {
      fmt::format_to(std::back_inserter(buffer_),
                     ",\n{{\"name\":\"row {}\",\"cat\":\"device\",\"ph\":\"{}\",\"id\":\"{}{}\",\"pid\":1,\"tid\":{},"
                     "\"ts\":{:.3f},\"cname\":\"{}\",\"args\":{{\"image\":{},\"row\":{},\"is_canary\":{},"
                     "\"device_us\":{:.3f}}}}}",
                     image.row, phase, image.image, image.is_canary ? fmt::format("c{}", image.row) : "", kSubmitTrack,
                     us(at), colour_of(image.row), image.image, image.row, image.is_canary,
                     std::chrono::duration<double, std::micro>(image.device).count());
    }
    add_span("collect", kCollectTrack, image.collect, image.collected, image);
    add_span(image.is_canary ? "learn" : "deliver", kCollectTrack, image.collected, image.delivered, image);
    if (!image.is_canary) add_counters(image);
  });
}

void TraceFile::add_counters(const StageMarks& image) {
  ++answers_;
  if (image.delivered - counted_ < kCounterPeriod) return;
  const double seconds = std::chrono::duration<double>(image.completed_at - counted_completion_).count();
  const auto counter = [&](const std::string& name, const char* unit, double value) {
    fmt::format_to(std::back_inserter(buffer_),
                   ",\n{{\"name\":\"{}\",\"ph\":\"C\",\"pid\":1,\"tid\":0,\"ts\":{:.3f},\"args\":{{\"{}\":{:g}}}}}",
                   name, us(image.delivered), unit, value);
  };
  if (seconds > 0) counter("rate, " + rate_kind_, "images_per_s", double(answers_) / seconds);
  counter("row", "row", image.row);
  counted_ = image.delivered;
  counted_completion_ = image.completed_at;
  answers_ = 0;
}

void TraceFile::add_instant(const std::string& name) {
  fmt::format_to(std::back_inserter(buffer_),
                 ",\n{{\"name\":{},\"ph\":\"i\",\"s\":\"g\",\"pid\":1,\"tid\":{},\"ts\":{:.3f}}}", quoted(name),
                 kCollectTrack, us(std::chrono::steady_clock::now()));
}

void TraceFile::add(const Decision& d) {
  if (d.choice == d.row) return;
  append(
      [&] { add_instant(fmt::format("row {} -> {} from image {}: {}", d.row, d.choice, d.effective_from, d.reason)); });
}

void TraceFile::add(const Takeover& takeover) {
  append([&] { add_instant(takeover.told()); });
}

// `mutex_` is held. One call, so that a reader, and a process that ends here, sees the old end or the new.
void TraceFile::write() {
  const std::size_t bytes = buffer_.size();
  buffer_ += kEnd;
  for (std::size_t done = 0; done < buffer_.size() && failure_;) {
    const ssize_t written =
        ::pwrite(descriptor_, buffer_.data() + done, buffer_.size() - done, static_cast<off_t>(offset_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      failure_ = world_error("trace {}: write failed: {}; it ends there, the stream went on", file_.string(),
                             errno_text(errno));
    } else {
      done += static_cast<std::size_t>(written);
    }
  }
  if (failure_) {
    offset_ += bytes;
  } else {
    // What was whole before is whole again.
    if (::ftruncate(descriptor_, static_cast<off_t>(offset_)) == 0)
      (void)!::pwrite(descriptor_, kEnd, std::char_traits<char>::length(kEnd), static_cast<off_t>(offset_));
    ::close(descriptor_);
    descriptor_ = -1;
  }
  buffer_.clear();
  written_ = std::chrono::steady_clock::now();
}

Status TraceFile::close() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ < 0) return failure_;
  write();
  if (descriptor_ >= 0 && ::close(descriptor_) != 0)
    failure_ = world_error("trace {}: close failed: {}", file_.string(), errno_text(errno));
  descriptor_ = -1;
  return failure_;
}

}  // namespace sluice
