// SPDX-License-Identifier: Apache-2.0
// Slots, launches and events: an image, and every batch of parameters, is one launch of each kernel.
#include "runtime/drivers/pocl/pocl_device.hpp"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/drivers/opencl/context.hpp"
#include "runtime/drivers/pocl/cache_folder.hpp"
#include "runtime/drivers/pocl/watched_thread.hpp"
#include "runtime/drivers/segments/segment_device.hpp"
#include "runtime/program/known_program.hpp"

namespace sluice {
namespace pocl {
namespace {

using opencl::guarded;
using segments::Arrival;
using segments::InsideImage;
using segments::PackedSegment;

constexpr std::size_t kWordsPerSegment = 4096;  // parameters sent at once; every stream buffer holds as many

// One image's share of the device: a buffer per stream, kernels with their arguments bound to them.
struct Slot {
  std::vector<cl::Buffer> streams;
  std::vector<cl::Kernel> kernels;
  cl::Buffer bytes;     // input codes, or parameter words
  cl::Buffer segments;  // one Segment
  cl::Buffer records;   // header word and scores
  cl::Buffer counters;  // per sparse engine: header word and counters
  PackedSegment sent;   // the host's memory: what is uploaded from, and read back to
  std::vector<std::int32_t> host_records;
  std::vector<std::int32_t> host_counters;
  std::vector<cl::Event> events;  // one per kernel
  cl::Event done;
  cl::Event counters_done;
};

std::size_t slots_of(const PoclOptions& options) { return std::max<std::size_t>(1, options.images_in_flight); }

class PoclDevice final : public segments::SegmentDevice {
 public:
  PoclDevice(const Bundle& bundle, const PoclOptions& options)
      : SegmentDevice(bundle, slots_of(options)), slots_(slots_of(options)), watched_(options.stall_time) {
    for (const Kernel& kernel : netlist().kernels) {
      const Layer* layer = kernel.layer < 0 ? nullptr : &network().layers[kernel.layer];
      const bool is_convolution = layer && (layer->kind == LayerKind::conv || layer->kind == LayerKind::depthwise);
      times_.push_back(
          {kernel.name, layer ? layer->name : "", is_convolution, multipliers(netlist(), kernel) > 0, 0.0, 0});
    }
  }

  ~PoclDevice() override {
    if (watched_.is_stuck()) {
      leave_everything();
      return;
    }
    // Kernels still running use the slots' host memory; wait, and ignore what cannot be reported from here.
    try {
      if (queue_()) queue_.finish();
    } catch (const cl::Error&) {
    }
  }

  Status start(const Bundle& bundle, bool is_exact) {
    const std::filesystem::path cache = SLUICE_TRY(prepare_cache_folder());
    opencl_ = SLUICE_TRY(
        opencl::open_context({"Portable Computing Language", "", "install the package pocl-opencl-icd", ""}));
    const std::string text = SLUICE_TRY(program_text(bundle));
    const std::string options = "-cl-std=CL1.2 -DSLUICE_DIALECT_POCL";
    Result<cl::Program> program = opencl::build_program(opencl_, text, is_exact ? options : options + " -DSLUICE_FAST");
    // PoCL gives no reason when the disk has become full.
    if (!program) SLUICE_CHECK(check_cache_folder(cache));
    program_ = SLUICE_TRY(std::move(program));
    const std::vector<PackedSegment> parameters = segments::parameter_segments(bundle, kWordsPerSegment);
    std::size_t longest_bytes = kWordsPerSegment * 4;
    for (const PackedSegment& segment : parameters) longest_bytes = std::max(longest_bytes, segment.bytes.size());
    SLUICE_CHECK(guarded("allocating the streams", [&]() -> Status { return allocate(longest_bytes); }));
    return guarded("loading parameters", [&]() -> Status { return load(parameters); });
  }

  DeviceInfo info() const override { return {"pocl", opencl_.name, "measured"}; }

  std::vector<KernelTime> kernel_times() const override {
    const std::lock_guard lock(times_mutex_);
    return times_;
  }

 private:
  Status enqueue(const InsideImage& image, PackedSegment picture) override {
    Slot& slot = slots_[image.place];
    return guarded(fmt::format("submitting image {}", image.image_id), [&]() -> Status {
      launch(slot, std::move(picture), true);
      const std::vector<cl::Event> scored{slot.events.back()};
      queue_.enqueueReadBuffer(slot.records, CL_FALSE, 0, slot.host_records.size() * sizeof(std::int32_t),
                               slot.host_records.data(), &scored, &slot.done);
      if (ends().collector >= 0) {
        const std::vector<cl::Event> collected{slot.events[std::size_t(ends().collector)]};
        queue_.enqueueReadBuffer(slot.counters, CL_FALSE, 0, slot.host_counters.size() * sizeof(std::int32_t),
                                 slot.host_counters.data(), &collected, &slot.counters_done);
      }
      queue_.flush();
      return ok();
    });
  }

  Result<Arrival> receive(const InsideImage& image) override {
    Slot& slot = slots_[image.place];
    return guarded(fmt::format("image {}", image.image_id), [&]() -> Result<Arrival> {
      SLUICE_CHECK(wait_for({slot.done, slot.counters_done}, fmt::format("image {}", image.image_id)));
      const auto now = segments::Clock::now();
      add_times(slot);
      return Arrival{slot.host_records, slot.host_counters, now};
    });
  }

  Status allocate(std::size_t longest_parameter_bytes) {
    queue_ = cl::CommandQueue(opencl_.context, opencl_.device,
                              CL_QUEUE_PROFILING_ENABLE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
    const auto buffer = [&](cl_mem_flags access, std::size_t bytes) {
      return cl::Buffer(opencl_.context, access, bytes);
    };
    for (const Kernel& kernel : netlist().kernels) {
      const auto bytes = std::size_t(memory_bytes(netlist(), kernel));
      memories_.push_back(bytes == 0 ? cl::Buffer() : buffer(CL_MEM_READ_WRITE, bytes));
      if (bytes != 0) queue_.enqueueFillBuffer(memories_.back(), std::uint8_t{0}, 0, bytes);
    }
    stray_ = buffer(CL_MEM_READ_WRITE, sizeof(cl_uint));
    for (Slot& slot : slots_) {
      for (const Stream& stream : netlist().streams) {
        const std::size_t image_bytes = std::size_t(stream.beats) * stream.lanes * stream.element_bits / 8;
        slot.streams.push_back(
            buffer(CL_MEM_READ_WRITE, SEGMENT_HEAD_WORDS * 4 + std::max(image_bytes, longest_parameter_bytes)));
      }
      slot.bytes = buffer(CL_MEM_READ_ONLY, std::max(ends().input_bytes, longest_parameter_bytes));
      slot.segments = buffer(CL_MEM_READ_ONLY, sizeof(segments::Segment));
      slot.host_records.resize(ends().score_words);
      slot.records = buffer(CL_MEM_WRITE_ONLY, ends().score_words * sizeof(std::int32_t));
      slot.host_counters.resize(ends().counter_words);
      if (ends().collector >= 0) slot.counters = buffer(CL_MEM_WRITE_ONLY, ends().counter_words * sizeof(std::int32_t));
      slot.events.resize(netlist().kernels.size());
      for (std::size_t k = 0; k < netlist().kernels.size(); ++k) slot.kernels.push_back(bound_kernel(slot, k));
    }
    last_events_.resize(netlist().kernels.size());
    queue_.finish();
    return ok();
  }

  // Arguments in the order of TASK and HOST_TASK: input streams, output streams, then memory or host arguments.
  cl::Kernel bound_kernel(const Slot& slot, std::size_t index) const {
    const Kernel& kernel = netlist().kernels[index];
    cl::Kernel bound(program_, kernel.name.c_str());
    cl_uint argument = 0;
    if (kernel.kind == KernelKind::collector) {  // COLLECTOR_TASK puts the host's arguments first
      bound.setArg(argument++, slot.counters);
      bound.setArg(argument++, cl_uint{1});
    }
    for (const int s : kernel.inputs) bound.setArg(argument++, slot.streams[s]);
    for (const int s : kernel.outputs) bound.setArg(argument++, slot.streams[s]);
    if (kernel.kind == KernelKind::source) {
      bound.setArg(argument++, slot.bytes);
      bound.setArg(argument++, slot.segments);
      bound.setArg(argument++, cl_uint{1});
    } else if (kernel.kind == KernelKind::sink) {
      bound.setArg(argument++, slot.records);
      bound.setArg(argument++, stray_);
      bound.setArg(argument++, cl_uint{0});
    } else if (memories_[index]()) {
      bound.setArg(argument++, memories_[index]);
    }
    return bound;
  }

  // How many beats the sink of every slot takes from now on.
  void set_sink_beats(cl_uint beats) {
    for (Slot& slot : slots_) slot.kernels.back().setArg(3, beats);
  }

  // Enqueues one segment through all kernels. Host memory of the slot stays untouched until its last event is done.
  // Parameters pass the collector by: nothing is recorded while they load.
  void launch(Slot& slot, PackedSegment segment, bool is_picture) {
    const std::lock_guard lock(launch_mutex_);
    ++launches_;
    slot.sent = std::move(segment);
    std::vector<cl::Event> uploads(2);
    queue_.enqueueWriteBuffer(slot.bytes, CL_FALSE, 0, slot.sent.bytes.size(), slot.sent.bytes.data(), nullptr,
                              &uploads[0]);
    queue_.enqueueWriteBuffer(slot.segments, CL_FALSE, 0, sizeof(slot.sent.segment), &slot.sent.segment, nullptr,
                              &uploads[1]);
    std::vector<cl::Event> stream_events(netlist().streams.size());
    for (std::size_t k = 0; k < netlist().kernels.size(); ++k) {
      const Kernel& kernel = netlist().kernels[k];
      if (static_cast<int>(k) == ends().collector && !is_picture) continue;
      std::vector<cl::Event> after = k == 0 ? uploads : std::vector<cl::Event>{};
      for (const int s : kernel.inputs) after.push_back(stream_events[s]);
      if (last_events_[k]()) after.push_back(last_events_[k]);
      queue_.enqueueNDRangeKernel(slot.kernels[k], cl::NullRange, cl::NDRange(1), cl::NDRange(1), &after,
                                  &slot.events[k]);
      last_events_[k] = slot.events[k];
      for (const int s : kernel.outputs) stream_events[s] = slot.events[k];
    }
  }

  // Sends all parameters over the streams, slot by slot.
  Status load(const std::vector<PackedSegment>& parameters) {
    std::size_t next = 0;
    for (const PackedSegment& segment : parameters) {
      Slot& slot = slots_[next];
      next = (next + 1) % slots_.size();
      SLUICE_CHECK(wait_while_loading(slot));
      launch(slot, segment, false);
      queue_.flush();
    }
    for (const Slot& slot : slots_) SLUICE_CHECK(wait_while_loading(slot));
    set_sink_beats(ends().score_beats);
    return ok();
  }

  // PoCL compiles a kernel at its first launch, which takes long. No image was accepted yet, so nothing is drained when
  // the process is asked to end.
  Status wait_while_loading(const Slot& slot) {
    return wait_for({slot.events.back()}, "parameters being loaded", is_interrupted);
  }

  // Waits for those that are there, as long as kernels come to an end meanwhile.
  Status wait_for(std::vector<cl::Event> events, const std::string& inside,
                  const std::function<bool()>& is_unwanted = {}) {
    std::erase_if(events, [](const cl::Event& event) { return event() == nullptr; });
    if (events.empty()) return ok();
    const auto wait = [events] { cl::Event::waitForEvents(events); };
    if (watched_.run(wait, [this] { return launches_ended(); }, is_unwanted)) return ok();
    if (is_unwanted && is_unwanted()) return check_interrupt();
    return bug_error(
        fmt::format("device pocl: no kernel has ended for {:.1f} s with {} inside; one of them loops for ever",
                    std::chrono::duration<double>(watched_.stall_time()).count(), inside));
  }

  // A number that changes with every launch and every end of one.
  std::uint64_t launches_ended() {
    const std::lock_guard lock(launch_mutex_);
    std::uint64_t ended = 0;
    for (const Slot& slot : slots_) {
      for (const cl::Event& event : slot.events)
        ended += event() && event.getInfo<CL_EVENT_COMMAND_EXECUTION_STATUS>() == CL_COMPLETE;
    }
    return (launches_ << 32) + ended;
  }

  // A kernel that still runs uses all this, and releasing it would wait for that kernel.
  void leave_everything() {
    const auto leave = [](auto& member) { (void)new std::decay_t<decltype(member)>(std::move(member)); };
    leave(opencl_), leave(queue_), leave(program_), leave(stray_), leave(memories_), leave(last_events_), leave(slots_);
  }

  void add_times(const Slot& slot) {
    const std::lock_guard lock(times_mutex_);
    for (std::size_t k = 0; k < times_.size(); ++k) {
      times_[k].seconds += opencl::seconds_of(slot.events[k]);
      ++times_[k].launches;
    }
  }

  opencl::OpenClContext opencl_;
  cl::CommandQueue queue_;
  cl::Program program_;
  cl::Buffer stray_;
  std::vector<cl::Buffer> memories_;    // per kernel; empty where it has none
  std::vector<cl::Event> last_events_;  // per kernel: its latest launch
  std::vector<Slot> slots_;             // by an image's place
  std::mutex launch_mutex_;             // guards the events of slots against the watch
  std::uint64_t launches_ = 0;
  WatchedThread watched_;
  mutable std::mutex times_mutex_;
  std::vector<KernelTime> times_;
};

}  // namespace
}  // namespace pocl

Result<std::unique_ptr<Device>> open_pocl_device(const Bundle& bundle, const PoclOptions& options) {
  if (!options.trusts_kernels) SLUICE_CHECK(check_known_program(bundle));
  auto device = std::make_unique<pocl::PoclDevice>(bundle, options);
  SLUICE_CHECK(device->start(bundle, options.is_exact));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
