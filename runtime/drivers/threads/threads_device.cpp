// SPDX-License-Identifier: Apache-2.0
// The host's part: feeds the source, takes from sink and collector, watches.
#include "runtime/drivers/threads/threads_device.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/bundle/parameter_words.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/drivers/threads/pipeline.hpp"

namespace sluice {
namespace threads {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kKindHeader = 0;  // KIND_HEADER, KIND_ADDRESS, HEADER_ERROR of device/lib/stream.h
constexpr std::uint32_t kKindAddress = 2;
constexpr std::uint32_t kHeaderError = 0x80000000u;
constexpr std::size_t kWordsPerBatch = std::size_t{1} << 20;

// Arguments of source.cl, sink.cl and collector.cl in the intel dialect.
struct Segment {
  std::uint32_t kind, word, beats, offset;
};
using SourceKernel = void (*)(const std::uint8_t* bytes, const Segment* segments, std::uint32_t count);
using SinkKernel = void (*)(std::int32_t* records, std::uint32_t* stray, std::uint32_t beats);
using CollectorKernel = void (*)(std::int32_t* records, std::uint32_t images);
using AutorunKernel = void (*)();

class ThreadsDevice final : public Device {
 public:
  ThreadsDevice(const Bundle& bundle, const ThreadsOptions& options)
      : network_(bundle.network()), netlist_(bundle.netlist()), table_(bundle.table()), options_(options) {}

  ~ThreadsDevice() override {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    if (watchdog_.joinable()) watchdog_.join();
    if (pipeline_) pipeline_->stop();
  }

  Status start(const Bundle& bundle) {
    const std::string text = SLUICE_TRY(program_text(bundle));
    program_ = std::make_unique<NativeProgram>(SLUICE_TRY(NativeProgram::load(text, options_.compile)));
    pipeline_ = SLUICE_TRY(Pipeline::create(netlist_, program_->table()));
    work_.push_back(all_parameters());
    for (std::size_t k = 0; k < netlist_.kernels.size(); ++k) SLUICE_CHECK(start_kernel(static_cast<int>(k)));
    watchdog_ = std::thread([this] { watch(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return are_parameters_sent_ || failure_; });
    return failure_ ? Status(*failure_) : ok();
  }

  DeviceInfo info() const override {
    return {"threads", fmt::format("{} threads, {}", netlist_.kernels.size(), program_->compiler()), "measured", false};
  }
  std::size_t capacity() const override { return options_.capacity; }

  Status submit(ImageTask task) override {
    if (std::ssize(task.codes) != network_.input.size()) {
      return user_error("image {}: {} codes, the network's input has {}", task.image_id, task.codes.size(), network_.input.size());
    }
    if (task.row_id >= table_.rows.size()) {
      return user_error("image {}: row {} is not in the design table, which has rows 0 to {}", task.image_id, task.row_id,
                        table_.rows.size() - 1);
    }
    const std::uint32_t header = static_cast<std::uint32_t>(task.image_id & 0xffff) | task.row_id << 16;
    Work work{packed(task.codes), {{kKindHeader, header, static_cast<std::uint32_t>(1 + input().beats), 0}}};
    {
      const std::lock_guard lock(mutex_);
      if (failure_) return *failure_;
      if (inside_.size() >= options_.capacity) return bug_error("submit to a full device; collect first");
      inside_.push_back({task.image_id, task.row_id, header, Clock::now()});
      work_.push_back(std::move(work));
    }
    changed_.notify_all();
    return ok();
  }

  Result<ImageScores> collect() override {
    std::unique_lock lock(mutex_);
    if (failure_) return *failure_;
    if (inside_.empty()) return bug_error("collect from an empty device");
    changed_.wait(lock, [this] { return failure_ || (!scores_.empty() && (collector_ < 0 || !counters_.empty())); });
    if (failure_) return *failure_;
    const Inside image = inside_.front();
    Arrived scores = std::move(scores_.front());
    scores_.pop_front();
    inside_.pop_front();
    const auto header = static_cast<std::uint32_t>(scores.words[0]);
    ImageScores result{image.image_id, image.row_id, {scores.words.begin() + 1, scores.words.end()}, {}, {}, {}};
    Arrived counters;
    bool do_counters_fit = true;
    if (collector_ >= 0) {
      counters = std::move(counters_.front());
      counters_.pop_front();
      auto of_layers = counters_of(netlist_, netlist_.kernels[collector_], counters.words.data(), image.header);
      do_counters_fit = of_layers.has_value();
      if (of_layers) result.counters = *std::move(of_layers);
    }
    if (header & kHeaderError) failure_ = bug_error("two branches of the pipeline held different images at a join");
    else if (header != image.header) failure_ = bug_error("the scores that arrived belong to another image");
    else if (!do_counters_fit) failure_ = bug_error("a counter record belongs to another image");
    if (failure_) {
      changed_.notify_all();  // the watchdog ends the run
      return *failure_;
    }
    const Clock::time_point completed = std::max(scores.time, counters.time);
    result.device_time = completed - image.submitted;
    result.completed_at = completed - opened_;
    return result;
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

 private:
  struct Work {
    std::vector<std::uint8_t> bytes;
    std::vector<Segment> segments;
  };
  struct Inside {
    std::uint64_t image_id = 0;
    std::uint32_t row_id = 0;
    std::uint32_t header = 0;
    Clock::time_point submitted;
  };
  struct Arrived {
    std::vector<std::int32_t> words;
    Clock::time_point time;
  };

  const Stream& input() const { return netlist_.streams[netlist_.kernels.front().outputs[0]]; }
  const Stream& output() const { return netlist_.streams[netlist_.kernels.back().inputs[0]]; }

  std::vector<std::uint8_t> packed(const std::vector<std::int16_t>& codes) const {
    std::vector<std::uint8_t> bytes(codes.size() * network_.input_bits / 8);
    const auto put = [&](auto* out) {
      for (std::size_t i = 0; i < codes.size(); ++i) out[i] = static_cast<std::decay_t<decltype(*out)>>(codes[i]);
    };
    if (network_.input_bits == 8) put(reinterpret_cast<std::int8_t*>(bytes.data()));
    else put(reinterpret_cast<std::int16_t*>(bytes.data()));
    return bytes;
  }

  Work all_parameters() const {
    Work work;
    for (const ParameterBatch& batch : parameter_batches(network_, netlist_, table_, kWordsPerBatch)) {
      work.segments.push_back({kKindAddress, batch.address, static_cast<std::uint32_t>(1 + batch.words.size()), static_cast<std::uint32_t>(work.bytes.size())});
      const auto* first = reinterpret_cast<const std::uint8_t*>(batch.words.data());
      work.bytes.insert(work.bytes.end(), first, first + 4 * batch.words.size());
    }
    return work;
  }

  Status start_kernel(int index) {
    const Kernel& kernel = netlist_.kernels[index];
    void* address = SLUICE_TRY(program_->symbol(kernel.name));
    if (kernel.kind == KernelKind::source) return pipeline_->start(index, [=, this] { feed(reinterpret_cast<SourceKernel>(address)); });
    if (kernel.kind == KernelKind::sink) return pipeline_->start(index, [=, this] { drain(reinterpret_cast<SinkKernel>(address)); });
    if (kernel.kind == KernelKind::collector) {
      collector_ = index;
      return pipeline_->start(index, [=, this] { gather(reinterpret_cast<CollectorKernel>(address)); });
    }
    // The board starts an autorun kernel again when it returns.
    return pipeline_->start(index, [=] { while (true) reinterpret_cast<AutorunKernel>(address)(); });
  }

  // The source's thread: parameters first, then images as they are submitted.
  void feed(SourceKernel source) {
    while (true) {
      Work work;
      {
        std::unique_lock lock(mutex_);
        if (work_.empty()) {
          lock.unlock();
          pipeline_->set_idle(0, true);
          lock.lock();
          changed_.wait(lock, [this] { return is_closing_ || failure_ || !work_.empty(); });
          pipeline_->set_idle(0, false);
        }
        if (is_closing_ || failure_) return;
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
    const auto beats = static_cast<std::uint32_t>(1 + output().beats);
    while (true) {
      std::vector<std::int32_t> words(1 + std::size_t(output().beats) * output().lanes);
      std::uint32_t strays = 0;
      sink(words.data(), &strays, beats);
      if (strays != 0) return fail(bug_error(fmt::format("{} parameters reached the sink: they were addressed to no kernel", strays)));
      arrive(scores_, std::move(words));
    }
  }

  void gather(CollectorKernel collector) {
    while (true) {
      std::vector<std::int32_t> words(kRecordWords * netlist_.kernels[collector_].inputs.size());
      collector(words.data(), 1);
      arrive(counters_, std::move(words));
    }
  }

  void arrive(std::deque<Arrived>& where, std::vector<std::int32_t> words) {
    {
      const std::lock_guard lock(mutex_);
      where.push_back({std::move(words), Clock::now()});
    }
    changed_.notify_all();
  }

  // Every later call fails with this; the first failure stays. Callable from a kernel's thread.
  void fail(Error error) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::move(error);
    }
    pipeline_->close();
    changed_.notify_all();
  }

  // The watchdog's thread. Looks several times per stall time; a run in which nothing moved for all of it has failed when
  // nobody can go on, or when a kernel has used that much processor time without touching a stream. (Neither happens to
  // a process that is merely stopped or starved.)
  void watch() {
    std::uint64_t last_passed = 0;
    Clock::time_point moved = Clock::now();
    std::vector<double> seconds_then(netlist_.kernels.size(), 0);
    std::unique_lock lock(mutex_);
    while (!is_closing_ && !failure_) {
      changed_.wait_for(lock, options_.stall_time / 8, [this] { return is_closing_ || failure_; });
      if (is_closing_ || failure_) break;
      const std::uint64_t passed = pipeline_->passed();
      const bool has_work = !inside_.empty() || !are_parameters_sent_;
      if (!has_work || passed != last_passed) {
        last_passed = passed;
        moved = Clock::now();
        for (std::size_t k = 0; k < seconds_then.size(); ++k) seconds_then[k] = pipeline_->processor_seconds(static_cast<int>(k));
        continue;
      }
      if (Clock::now() - moved < options_.stall_time || is_complete()) continue;
      const StallSnapshot snapshot = pipeline_->snapshot();
      const double limit = std::chrono::duration<double>(options_.stall_time).count();
      bool is_endless = false;
      for (std::size_t k = 0; k < seconds_then.size(); ++k) {
        is_endless |= snapshot.kernels[k].wait == StallSnapshot::Wait::nothing && pipeline_->processor_seconds(static_cast<int>(k)) - seconds_then[k] > limit;
      }
      if (!is_endless && !is_deadlocked(netlist_, snapshot)) continue;
      const std::string inside = are_parameters_sent_ ? fmt::format("{} images inside, the oldest image {} under row {}", inside_.size(),
                                                                    inside_.front().image_id, inside_.front().row_id)
                                                      : "parameters being loaded";
      failure_ = bug_error(fmt::format("device threads: no beat moved for {:.1f} s with {}\n{}", limit, inside, stall_story(netlist_, snapshot)));
    }
    lock.unlock();
    changed_.notify_all();
    pipeline_->stop();
  }

  // Everything inside has arrived and waits to be collected.
  bool is_complete() const {
    return scores_.size() >= inside_.size() && (collector_ < 0 || counters_.size() >= inside_.size());
  }

  const Clock::time_point opened_ = Clock::now();
  const IntegerNetwork network_;
  const Netlist netlist_;
  const DesignTable table_;
  const ThreadsOptions options_;
  int collector_ = -1;  // kernel index, or -1 for a design without sparse layers
  std::unique_ptr<NativeProgram> program_;
  std::mutex mutex_;  // guards what stands below, but the pipeline
  std::condition_variable changed_;
  std::deque<Work> work_;
  std::deque<Inside> inside_;
  std::deque<Arrived> scores_, counters_;
  std::optional<Error> failure_;
  bool are_parameters_sent_ = false;
  bool is_closing_ = false;
  std::unique_ptr<Pipeline> pipeline_;
  std::thread watchdog_;
};

}  // namespace
}  // namespace threads

Result<std::unique_ptr<Device>> open_threads_device(const Bundle& bundle, const ThreadsOptions& options) {
  if (options.capacity == 0 || options.stall_time.count() < 8) return bug_error("a threads device needs a capacity and a stall time");
  auto device = std::make_unique<threads::ThreadsDevice>(bundle, options);
  SLUICE_CHECK(device->start(bundle));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
