// SPDX-License-Identifier: Apache-2.0
// Slots, events and the loading of parameters.
#include "runtime/drivers/pocl/pocl_device.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/bundle/parameter_words.hpp"
#include "runtime/drivers/pocl/opencl.hpp"
#include "runtime/bundle/program_text.hpp"

namespace sluice {
namespace pocl {
namespace {

constexpr const char* kPlatform = "Portable Computing Language";
constexpr std::size_t kSegmentBytes = 16;      // SLUICE_SEGMENT_WORDS of lib/stream_pocl.h
constexpr std::size_t kWordsPerBatch = 4096;   // parameters sent at once; every stream buffer holds as many
constexpr std::uint32_t kKindHeader = 0;       // KIND_HEADER, KIND_ADDRESS of lib/stream.h
constexpr std::uint32_t kKindAddress = 2;
constexpr std::uint32_t kHeaderError = 0x80000000u;

// One image's share of the device: a buffer per stream, kernels with their arguments bound to them.
struct Slot {
  std::vector<cl::Buffer> streams;
  std::vector<cl::Kernel> kernels;
  cl::Buffer bytes;      // input codes, or parameter words
  cl::Buffer segments;   // one uint4
  cl::Buffer records;    // header word and scores
  cl::Buffer counters;   // per sparse layer: header word and RECORD_LANES counters
  std::vector<std::uint8_t> host_bytes;
  cl_uint4 host_segment{};
  std::vector<std::int32_t> host_records;
  std::vector<std::int32_t> host_counters;
  std::vector<cl::Event> events;  // one per kernel
  cl::Event done;
  cl::Event counters_done;
  std::uint64_t image_id = 0;
  std::uint32_t row_id = 0;
  std::uint32_t header = 0;
  std::chrono::steady_clock::time_point submitted;
};

class PoclDevice final : public Device {
 public:
  PoclDevice(const Bundle& bundle, const PoclOptions& options)
      : network_(bundle.network()), netlist_(bundle.netlist()), table_(bundle.table()), is_exact_(options.is_exact), slots_(std::max<std::size_t>(1, options.images_in_flight)) {
    for (const Kernel& kernel : netlist_.kernels) {
      const Layer* layer = kernel.layer < 0 ? nullptr : &network_.layers[kernel.layer];
      const bool is_convolution = layer && (layer->kind == LayerKind::conv || layer->kind == LayerKind::depthwise);
      if (kernel.kind == KernelKind::collector) collector_ = static_cast<int>(times_.size());
      times_.push_back({kernel.name, layer ? layer->name : "", is_convolution, multipliers(netlist_, kernel) > 0, 0.0, 0});
    }
  }

  ~PoclDevice() override {
    // Kernels still running use the slots' host memory; wait, and ignore what cannot be reported from here.
    try {
      if (queue_()) queue_.finish();
    } catch (const cl::Error&) {
    }
  }

  Status start(const Bundle& bundle) {
    SLUICE_CHECK(choose_device());
    const std::string text = SLUICE_TRY(program_text(bundle));
    SLUICE_CHECK(build(text));
    SLUICE_CHECK(guarded("allocating the streams", [&]() -> Status { return allocate(); }));
    return guarded("loading parameters", [&]() -> Status { return load(); });
  }

  DeviceInfo info() const override { return {"pocl", name_, "measured"}; }
  std::size_t capacity() const override { return slots_.size(); }

  Status submit(ImageTask task) override {
    const auto pixels = network_.input.size();
    if (std::ssize(task.codes) != pixels) {
      return user_error("image {}: {} codes, the network's input has {}", task.image_id, task.codes.size(), pixels);
    }
    if (task.row_id >= table_.rows.size()) {
      return user_error("image {}: row {} is not in the design table, which has rows 0 to {}", task.image_id, task.row_id,
                        table_.rows.size() - 1);
    }
    Slot* slot = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (inside_.size() >= slots_.size()) return bug_error("submit to a full device; collect first");
      slot = &slots_[next_slot_];
    }
    slot->image_id = task.image_id;
    slot->row_id = task.row_id;
    slot->header = static_cast<std::uint32_t>(task.image_id & 0xffff) | task.row_id << 16;
    pack_codes(task.codes, slot->host_bytes);
    const Stream& input = netlist_.streams[netlist_.kernels.front().outputs[0]];
    slot->host_segment = {{kKindHeader, slot->header, static_cast<cl_uint>(1 + input.beats), 0}};
    slot->submitted = std::chrono::steady_clock::now();
    SLUICE_CHECK(guarded("submitting an image", [&]() -> Status {
      launch(*slot, slot->host_bytes.size());
      const std::size_t bytes = slot->host_records.size() * sizeof(std::int32_t);
      const std::vector<cl::Event> after{slot->events.back()};
      queue_.enqueueReadBuffer(slot->records, CL_FALSE, 0, bytes, slot->host_records.data(), &after, &slot->done);
      if (collector_ >= 0) {
        const std::vector<cl::Event> collected{slot->events[collector_]};
        queue_.enqueueReadBuffer(slot->counters, CL_FALSE, 0, slot->host_counters.size() * sizeof(std::int32_t),
                                 slot->host_counters.data(), &collected, &slot->counters_done);
      }
      queue_.flush();
      return ok();
    }));
    const std::lock_guard lock(mutex_);
    inside_.push_back(slot);
    next_slot_ = (next_slot_ + 1) % slots_.size();
    return ok();
  }

  Result<ImageScores> collect() override {
    Slot* slot = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (inside_.empty()) return bug_error("collect from an empty device");
      slot = inside_.front();
    }
    SLUICE_CHECK(guarded(fmt::format("image {}", slot->image_id), [&]() -> Status {
      slot->done.wait();
      if (collector_ >= 0) slot->counters_done.wait();
      return ok();
    }));
    const auto now = std::chrono::steady_clock::now();
    ImageScores scores{slot->image_id, slot->row_id, {}, now - slot->submitted, now - opened_, {}};
    const auto header = static_cast<std::uint32_t>(slot->host_records[0]);
    if (header & kHeaderError) return bug_error("two branches of the pipeline held different images at a join");
    if (header != slot->header) return bug_error("the scores that arrived belong to another image");
    scores.scores.assign(slot->host_records.begin() + 1, slot->host_records.end());
    if (collector_ >= 0) {
      auto counters = counters_of(netlist_, netlist_.kernels[collector_], slot->host_counters.data(), slot->header);
      if (!counters) return bug_error("a counter record belongs to another image");
      scores.counters = *std::move(counters);
    }
    SLUICE_CHECK(guarded("reading kernel times", [&]() -> Status {
      add_times(*slot);
      return ok();
    }));
    const std::lock_guard lock(mutex_);
    inside_.pop_front();
    return scores;
  }

  std::vector<KernelTime> kernel_times() const override {
    const std::lock_guard lock(times_mutex_);
    return times_;
  }

 private:
  Status choose_device() {
    std::vector<cl::Platform> platforms;
    try {
      cl::Platform::get(&platforms);
    } catch (const cl::Error&) {
      platforms.clear();  // -1001: the ICD loader found no platform at all
    }
    return guarded("choosing an OpenCL device", [&]() -> Status {
      std::string seen;
      for (const cl::Platform& platform : platforms) {
        const std::string platform_name = platform.getInfo<CL_PLATFORM_NAME>();
        seen += (seen.empty() ? "" : ", ") + platform_name;
        if (platform_name != kPlatform) continue;
        std::vector<cl::Device> devices;
        platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
        device_ = devices.at(0);
        name_ = device_.getInfo<CL_DEVICE_NAME>();
        context_ = cl::Context(device_);
        queue_ = cl::CommandQueue(context_, device_, CL_QUEUE_PROFILING_ENABLE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
        return ok();
      }
      return world_error("no PoCL device: OpenCL platforms here are: {}; install the package pocl-opencl-icd",
                         seen.empty() ? "none" : seen);
    });
  }

  Status build(const std::string& text) {
    return guarded("building the OpenCL program", [&]() -> Status {
      program_ = cl::Program(context_, text);
      try {
        program_.build({device_}, is_exact_ ? "-cl-std=CL1.2 -DSLUICE_DIALECT_POCL" : "-cl-std=CL1.2 -DSLUICE_DIALECT_POCL -DSLUICE_FAST");
      } catch (const cl::Error& error) {
        const std::string log = program_.getBuildInfo<CL_PROGRAM_BUILD_LOG>(device_);
        return world_error("the OpenCL program does not build ({}):\n{}", error_name(error.err()), log);
      }
      return ok();
    });
  }

  std::size_t stream_bytes(const Stream& stream) const {
    const std::size_t image = std::size_t(stream.beats) * stream.lanes * stream.element_bits / 8;
    return kSegmentBytes + std::max(image, longest_batch_words_ * 4);
  }

  Status allocate() {
    batches_ = parameter_batches(network_, netlist_, table_, kWordsPerBatch);
    for (const ParameterBatch& batch : batches_) longest_batch_words_ = std::max(longest_batch_words_, batch.words.size());
    for (const Kernel& kernel : netlist_.kernels) {
      const auto bytes = std::size_t(memory_bytes(netlist_, kernel));
      memories_.push_back(bytes == 0 ? cl::Buffer() : cl::Buffer(context_, CL_MEM_READ_WRITE, bytes));
      if (bytes != 0) queue_.enqueueFillBuffer(memories_.back(), std::uint8_t{0}, 0, bytes);
    }
    const Stream& input = netlist_.streams[netlist_.kernels.front().outputs[0]];
    const Stream& output = netlist_.streams[netlist_.kernels.back().inputs[0]];
    for (Slot& slot : slots_) {
      for (const Stream& stream : netlist_.streams) slot.streams.emplace_back(context_, CL_MEM_READ_WRITE, stream_bytes(stream));
      slot.bytes = cl::Buffer(context_, CL_MEM_READ_ONLY, stream_bytes(input));
      slot.segments = cl::Buffer(context_, CL_MEM_READ_ONLY, sizeof(cl_uint4));
      slot.host_records.resize(1 + std::size_t(output.beats) * output.lanes);
      slot.records = cl::Buffer(context_, CL_MEM_WRITE_ONLY, slot.host_records.size() * sizeof(std::int32_t));
      if (collector_ >= 0) {
        slot.host_counters.resize(kRecordWords * netlist_.kernels[collector_].inputs.size());
        slot.counters = cl::Buffer(context_, CL_MEM_WRITE_ONLY, slot.host_counters.size() * sizeof(std::int32_t));
      }
      slot.events.resize(netlist_.kernels.size());
      for (std::size_t k = 0; k < netlist_.kernels.size(); ++k) slot.kernels.push_back(bind(slot, k, 1 + cl_uint(output.beats)));
    }
    stray_ = cl::Buffer(context_, CL_MEM_READ_WRITE, sizeof(cl_uint));
    for (Slot& slot : slots_) slot.kernels.back().setArg(2, stray_);
    last_events_.resize(netlist_.kernels.size());
    queue_.finish();
    return ok();
  }

  // Arguments in the order of TASK and HOST_TASK: input streams, output streams, then memory or host arguments.
  cl::Kernel bind(const Slot& slot, std::size_t index, cl_uint sink_beats) {
    const Kernel& kernel = netlist_.kernels[index];
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
      argument++;  // stray counter, shared by all slots
      bound.setArg(argument++, sink_beats);
    } else if (memories_[index]()) {
      bound.setArg(argument++, memories_[index]);
    }
    return bound;
  }

  void pack_codes(const std::vector<std::int16_t>& codes, std::vector<std::uint8_t>& bytes) const {
    const auto put = [&](auto* out) {
      for (std::size_t i = 0; i < codes.size(); ++i) out[i] = static_cast<std::decay_t<decltype(*out)>>(codes[i]);
    };
    bytes.resize(codes.size() * network_.input_bits / 8);
    if (network_.input_bits == 8) put(reinterpret_cast<std::int8_t*>(bytes.data()));
    else put(reinterpret_cast<std::int16_t*>(bytes.data()));
  }

  // Enqueues one segment through all kernels. Host memory of the slot stays untouched until its last event is done.
  // Parameters pass the collector by: nothing is recorded while they load.
  void launch(Slot& slot, std::size_t bytes, bool is_picture = true) {
    std::vector<cl::Event> uploads(2);
    queue_.enqueueWriteBuffer(slot.bytes, CL_FALSE, 0, bytes, slot.host_bytes.data(), nullptr, &uploads[0]);
    queue_.enqueueWriteBuffer(slot.segments, CL_FALSE, 0, sizeof(cl_uint4), &slot.host_segment, nullptr, &uploads[1]);
    std::vector<cl::Event> stream_events(netlist_.streams.size());
    for (std::size_t k = 0; k < netlist_.kernels.size(); ++k) {
      const Kernel& kernel = netlist_.kernels[k];
      if (static_cast<int>(k) == collector_ && !is_picture) continue;
      std::vector<cl::Event> after = k == 0 ? uploads : std::vector<cl::Event>{};
      for (const int s : kernel.inputs) after.push_back(stream_events[s]);
      if (last_events_[k]()) after.push_back(last_events_[k]);
      queue_.enqueueNDRangeKernel(slot.kernels[k], cl::NullRange, cl::NDRange(1), cl::NDRange(1), &after, &slot.events[k]);
      last_events_[k] = slot.events[k];
      for (const int s : kernel.outputs) stream_events[s] = slot.events[k];
    }
  }

  // Sends all parameters over the streams, slot by slot.
  Status load() {
    std::size_t next = 0;
    for (const ParameterBatch& batch : batches_) {
      Slot& slot = slots_[next];
      next = (next + 1) % slots_.size();
      if (slot.events.back()()) slot.events.back().wait();
      slot.host_bytes.resize(batch.words.size() * 4);
      std::copy_n(reinterpret_cast<const std::uint8_t*>(batch.words.data()), slot.host_bytes.size(), slot.host_bytes.data());
      slot.host_segment = {{kKindAddress, batch.address, static_cast<cl_uint>(1 + batch.words.size()), 0}};
      slot.kernels.back().setArg(3, cl_uint{0});
      launch(slot, slot.host_bytes.size(), false);
      queue_.flush();
    }
    queue_.finish();
    batches_ = {};
    const Stream& output = netlist_.streams[netlist_.kernels.back().inputs[0]];
    for (Slot& slot : slots_) slot.kernels.back().setArg(3, static_cast<cl_uint>(1 + output.beats));
    return ok();
  }

  void add_times(const Slot& slot) {
    const std::lock_guard lock(times_mutex_);
    for (std::size_t k = 0; k < times_.size(); ++k) {
      const auto start = slot.events[k].getProfilingInfo<CL_PROFILING_COMMAND_START>();
      const auto end = slot.events[k].getProfilingInfo<CL_PROFILING_COMMAND_END>();
      times_[k].seconds += 1e-9 * static_cast<double>(end - start);
      ++times_[k].launches;
    }
  }

  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  const IntegerNetwork network_;
  const Netlist netlist_;
  const DesignTable table_;
  const bool is_exact_;
  int collector_ = -1;  // kernel index, or -1 for a design without sparse layers
  std::string name_;
  cl::Device device_;
  cl::Context context_;
  cl::CommandQueue queue_;
  cl::Program program_;
  cl::Buffer stray_;
  std::vector<ParameterBatch> batches_;    // until they are loaded
  std::size_t longest_batch_words_ = kWordsPerBatch;
  std::vector<cl::Buffer> memories_;
  std::vector<cl::Event> last_events_;  // per kernel: its latest launch
  std::vector<Slot> slots_;
  std::mutex mutex_;  // guards inside_ and next_slot_
  std::deque<Slot*> inside_;
  std::size_t next_slot_ = 0;
  mutable std::mutex times_mutex_;
  std::vector<KernelTime> times_;
};

}  // namespace
}  // namespace pocl

Result<std::unique_ptr<Device>> open_pocl_device(const Bundle& bundle, const PoclOptions& options) {
  auto device = std::make_unique<pocl::PoclDevice>(bundle, options);
  SLUICE_CHECK(device->start(bundle));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace sluice
