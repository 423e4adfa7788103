// SPDX-License-Identifier: Apache-2.0
// Launcher: the three kernels of a bundle that a host can launch, source, sink and collector, and batches of images
// that pass through them.
//
// Why: everything between source and sink runs by itself (autorun). A launch costs tens of microseconds and an image
// may last less, so one launch serves a whole batch, and the next batch is queued while one is on its way.
//
// The idea: a queue of its own for each kernel, because one queue runs one kernel at a time and these three must run
// together; two more for what is written and read, so that transfers overlap kernels. Events order them. All is
// enqueued and flushed before anybody waits. Host memory is aligned to 64 bytes, as the board's transfers want it,
// and belongs to its batch for good, like the device's buffers.
//
// Nothing here waits for ever: completion is asked for, and the waiting end decides how long. What a kernel that does
// not end may still write to must outlive it; whoever owns a Launcher that did not finish keeps it (hardware.hpp).
//
// Before: a program that has the three kernels. After launch(): see complete().
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "runtime/drivers/opencl/context.hpp"
#include "runtime/drivers/segments/segment.hpp"

namespace sluice::fpga {

// Memory of the host for transfers.
class HostMemory {
 public:
  explicit HostMemory(std::size_t bytes)
      : bytes_(segments::aligned_bytes(std::max<std::size_t>(bytes, 1))),
        first_(std::aligned_alloc(segments::kSegmentAlignment, bytes_), &std::free) {
    if (!first_) throw std::bad_alloc();
  }
  std::size_t bytes() const { return bytes_; }
  void* data() const { return first_.get(); }
  const std::int32_t* words() const { return static_cast<const std::int32_t*>(first_.get()); }

 private:
  std::size_t bytes_;
  std::unique_ptr<void, void (*)(void*)> first_;
};

// Flags of buffers that say in which bank of a board's memory they lie: one for what the source reads, one for what
// sink and collector write, so that neither waits for the other (device/build_fpga.sh). A runtime takes the first bank
// where there is no second.
struct Banks {
  cl_mem_flags read = 0, written = 0;

  // cl_ext_intelfpga.h, which only the vendor's SDK has: CL_CHANNEL_1_INTELFPGA and CL_CHANNEL_2_INTELFPGA.
  static constexpr Banks of_a_board() { return {cl_mem_flags{1} << 16, cl_mem_flags{2} << 16}; }
};

// Buffers for the images of one launch, and the launch.
struct Batch {
  Batch(const cl::Context& context, const segments::PipelineEnds& ends, std::size_t images, Banks banks);
  // Whether nothing of it is on its way any more, however it ended.
  bool is_over() const;

  HostMemory host_bytes, host_segments, host_records, host_counters, host_stray;
  cl::Buffer bytes, segments, records, counters, stray;
  std::size_t images = 0;                             // launched
  std::vector<cl::Event> uploads;                     // the first transfers
  cl::Event source, sink, collector;                  // the kernels
  cl::Event records_read, counters_read, stray_read;  // the last transfers
};

class Launcher {
 public:
  // Throws cl::Error, as the bindings do.
  Launcher(const opencl::OpenClContext& context, const cl::Program& program, const Netlist& netlist,
           const segments::PipelineEnds& ends, Banks banks);

  // Sends parameters through the source alone; nothing reaches the sink. Returns the source's launch.
  cl::Event send_parameters(const segments::JoinedSegments& parameters);
  // Sends `sent` images through all three.
  void launch(Batch& batch, const segments::JoinedSegments& sent);

  // Commands of the batch that are complete, of commands(). A command that failed throws cl::Error.
  int complete(const Batch& batch) const;
  int commands() const { return has_collector_ ? 6 : 4; }
  // "source done, sink not, collector not": what the host can tell of a batch.
  std::string story(const Batch& batch) const;
  // Whether nothing of the parameters is on its way any more, however it ended.
  bool is_over() const;
  // Nothing that was enqueued begins before.
  void flush() const;

 private:
  void enqueue(const cl::CommandQueue& queue, const cl::Kernel& kernel, const std::vector<cl::Event>& after,
               cl::Event& event) const;
  void upload(Batch& batch, const segments::JoinedSegments& sent);

  const segments::PipelineEnds& ends_;
  const Banks banks_;
  const bool has_collector_;
  cl::Kernel source_, sink_, collector_;
  cl::CommandQueue source_queue_, sink_queue_, collector_queue_, writes_, reads_;
  std::unique_ptr<HostMemory> parameter_bytes_, parameter_segments_;
  cl::Buffer parameter_buffers_[2];
  std::vector<cl::Event> parameter_uploads_;
  cl::Event parameters_;  // the source's launch for them
};

// Whether a command has ended; throws cl::Error when it failed.
bool has_ended(const cl::Event& event);

}  // namespace sluice::fpga
