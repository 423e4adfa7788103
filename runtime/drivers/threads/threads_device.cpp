// SPDX-License-Identifier: Apache-2.0
// The host's part: feeds the source, takes from sink and collector, watches.
#include "runtime/drivers/threads/threads_device.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/drivers/segments/segment_device.hpp"
#include "runtime/drivers/threads/pipeline.hpp"
#include "runtime/program/known_program.hpp"

namespace sluice {
namespace threads {
namespace {

using segments::Arrival;
using segments::Clock;
using segments::InsideImage;
using segments::JoinedSegments;
using segments::PackedSegment;
using segments::Segment;

constexpr std::size_t kWordsPerSegment = std::size_t{1} << 20;

// Arguments of source.cl, sink.cl and collector.cl in the intel dialect.
using SourceKernel = void (*)(const char* bytes, const Segment* segments, std::uint32_t count);
using SinkKernel = void (*)(std::int32_t* records, std::uint32_t* stray, std::uint32_t beats);
using CollectorKernel = void (*)(std::int32_t* records, std::uint32_t images);
using AutorunKernel = void (*)();

class ThreadsDevice final : public segments::SegmentDevice {
 public:
  ThreadsDevice(const Bundle& bundle, const ThreadsOptions& options)
      : SegmentDevice(bundle, options.capacity), options_(options) {}

  ~ThreadsDevice() override {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    changed_.notify_all();
    if (watchdog_.joinable()) watchdog_.join();
    if (pipeline_) pipeline_->stop();
  }

  Status start(const Bundle& bundle) {
    const std::string text = SLUICE_TRY(program_text(bundle));
    NativeProgram program = SLUICE_TRY(NativeProgram::load(text, options_.compile));
    program_ = std::make_unique<NativeProgram>(std::move(program));
    pipeline_ = SLUICE_TRY(Pipeline::create(netlist(), program_->table()));
    work_.push_back(segments::joined(segments::parameter_segments(bundle, kWordsPerSegment)));
    for (std::size_t k = 0; k < netlist().kernels.size(); ++k) SLUICE_CHECK(start_kernel(static_cast<int>(k)));
    watchdog_ = std::thread([this] { watch(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return are_parameters_sent_ || is_ending_; });
    return failure();
  }

  DeviceInfo info() const override {
    return {"threads", fmt::format("{} threads, {}", netlist().kernels.size(), program_->compiler()), "measured",
            false};
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

 private:
  struct Record {
    std::vector<std::int32_t> words;
    Clock::time_point time;
  };

  Status enqueue(const InsideImage&, PackedSegment picture) override {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(segments::joined({std::move(picture)}));
      ++images_sent_;
    }
    changed_.notify_all();
    return ok();
  }

  Result<Arrival> receive(const InsideImage&) override {
    std::unique_lock lock(mutex_);
    const bool has_counters = ends().collector >= 0;
    changed_.wait(lock, [&] { return is_ending_ || (!scores_.empty() && (!has_counters || !counters_.empty())); });
    if (is_ending_) return failure().error();
    Record scores = std::move(scores_.front()), counters;
    scores_.pop_front();
    if (has_counters) {
      counters = std::move(counters_.front());
      counters_.pop_front();
    }
    return Arrival{std::move(scores.words), std::move(counters.words), std::max(scores.time, counters.time)};
  }

  // The watchdog joins the threads.
  void abandon() override {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    pipeline_->close();
    changed_.notify_all();
  }

  Status start_kernel(int index) {
    const Kernel& kernel = netlist().kernels[index];
    void* address = SLUICE_TRY(program_->symbol(kernel.name));
    if (kernel.kind == KernelKind::source)
      return pipeline_->start(index, [=, this] { feed(reinterpret_cast<SourceKernel>(address)); });
    if (kernel.kind == KernelKind::sink)
      return pipeline_->start(index, [=, this] { drain(reinterpret_cast<SinkKernel>(address)); });
    if (kernel.kind == KernelKind::collector)
      return pipeline_->start(index, [=, this] { gather(reinterpret_cast<CollectorKernel>(address)); });
    // The board starts an autorun kernel again when it returns.
    return pipeline_->start(index, [=] {
      while (true) reinterpret_cast<AutorunKernel>(address)();
    });
  }

  // The source's thread: parameters first, then images as they are submitted.
  void feed(SourceKernel source) {
    while (true) {
      JoinedSegments work;
      {
        std::unique_lock lock(mutex_);
        if (work_.empty()) {
          lock.unlock();
          pipeline_->set_idle(0, true);
          lock.lock();
          changed_.wait(lock, [this] { return is_ending_ || !work_.empty(); });
          pipeline_->set_idle(0, false);
        }
        if (is_ending_) return;
        work = std::move(work_.front());
        work_.pop_front();
      }
      source(work.bytes.data(), work.segments.data(), static_cast<std::uint32_t>(work.segments.size()));
      if (are_parameters_sent_) continue;
      {
        const std::lock_guard lock(mutex_);
        are_parameters_sent_ = true;
      }
      changed_.notify_all();
    }
  }

  void drain(SinkKernel sink) {
    while (true) {
      std::vector<std::int32_t> words(ends().score_words);
      std::uint32_t strays = 0;
      sink(words.data(), &strays, ends().score_beats);
      if (strays != 0) {
        (void)fail(bug_error(fmt::format("{} parameters reached the sink: they were addressed to no kernel", strays)));
        return;
      }
      arrive(scores_, std::move(words));
    }
  }

  void gather(CollectorKernel collector) {
    while (true) {
      std::vector<std::int32_t> words(ends().counter_words);
      collector(words.data(), 1);
      arrive(counters_, std::move(words));
    }
  }

  void arrive(std::deque<Record>& where, std::vector<std::int32_t> words) {
    {
      const std::lock_guard lock(mutex_);
      where.push_back({std::move(words), Clock::now()});
      ++records_arrived_;
    }
    changed_.notify_all();
  }

  // The watchdog's thread. Looks several times per stall time. A run in which nothing moved for all of it has failed
  // when nobody can go on, or when a kernel has used that much processor time without touching a stream. (Neither
  // happens to a process that is merely stopped or starved.) It ends with the device or with the first failure, and
  // joins the threads.
  void watch() {
    std::uint64_t last_passed = 0;
    Clock::time_point moved = Clock::now();
    std::vector<double> seconds_then(netlist().kernels.size(), 0);
    while (!waits_for_end(options_.stall_time / 8)) {
      const std::uint64_t passed = pipeline_->passed();
      if (!has_work() || passed != last_passed) {
        last_passed = passed;
        moved = Clock::now();
        for (std::size_t k = 0; k < seconds_then.size(); ++k)
          seconds_then[k] = pipeline_->processor_seconds(static_cast<int>(k));
        continue;
      }
      if (Clock::now() - moved < options_.stall_time) continue;
      const StallSnapshot snapshot = pipeline_->snapshot();
      const double limit = std::chrono::duration<double>(options_.stall_time).count();
      bool is_endless = false;
      for (std::size_t k = 0; k < seconds_then.size(); ++k) {
        is_endless |= snapshot.kernels[k].wait == StallSnapshot::Wait::nothing &&
                      pipeline_->processor_seconds(static_cast<int>(k)) - seconds_then[k] > limit;
      }
      if (!is_endless && !is_deadlocked(netlist(), snapshot)) continue;
      const std::string inside = are_parameters_sent_ ? inside_story() : "parameters being loaded";
      (void)fail(bug_error(fmt::format("device threads: no beat moved for {:.1f} s with {}\n{}", limit, inside,
                                       stall_story(netlist(), snapshot))));
    }
    pipeline_->stop();
  }

  bool waits_for_end(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return is_ending_; });
  }

  // Is anything on its way through the kernels?
  bool has_work() {
    const std::lock_guard lock(mutex_);
    const std::uint64_t records_per_image = ends().collector >= 0 ? 2 : 1;
    return !are_parameters_sent_ || records_arrived_ < records_per_image * images_sent_;
  }

  const ThreadsOptions options_;
  std::unique_ptr<NativeProgram> program_;
  std::mutex mutex_;  // guards what stands below, but the pipeline
  std::condition_variable changed_;
  std::deque<JoinedSegments> work_;
  std::deque<Record> scores_, counters_;
  std::uint64_t images_sent_ = 0, records_arrived_ = 0;
  std::atomic<bool> are_parameters_sent_ = false;
  bool is_ending_ = false;  // by the first failure or by the destructor
  std::unique_ptr<Pipeline> pipeline_;
  std::thread watchdog_;
};

}  // namespace
}  // namespace threads

Result<std::unique_ptr<Device>> open_threads_device(const Bundle& bundle, const ThreadsOptions& options) {
  if (options.capacity == 0 || options.stall_time.count() < 8)
    return bug_error("a threads device needs a capacity and a stall time");
  if (!options.trusts_kernels) SLUICE_CHECK(check_known_program(bundle));
  auto device = std::make_unique<threads::ThreadsDevice>(bundle, options);
  SLUICE_CHECK(device->start(bundle));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
