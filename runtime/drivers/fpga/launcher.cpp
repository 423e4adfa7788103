// SPDX-License-Identifier: Apache-2.0
// Queues, launches and transfers (see launcher.hpp).
#include "runtime/drivers/fpga/launcher.hpp"

#include <cstring>

#include <fmt/format.h>

namespace sluice::fpga {
namespace {

const char* done(const cl::Event& event) { return has_ended(event) ? "done" : "not done"; }

// An event of a command that was never enqueued has nothing to wait for.
bool is_over(const cl::Event& event) {
  return event() == nullptr || event.getInfo<CL_EVENT_COMMAND_EXECUTION_STATUS>() <= CL_COMPLETE;
}

bool are_over(const std::vector<cl::Event>& events) {
  return std::all_of(events.begin(), events.end(), [](const cl::Event& event) { return is_over(event); });
}

}  // namespace

bool has_ended(const cl::Event& event) {
  const cl_int state = event.getInfo<CL_EVENT_COMMAND_EXECUTION_STATUS>();
  if (state < 0) throw cl::Error(state, "a command on the device");
  return state == CL_COMPLETE;
}

Batch::Batch(const cl::Context& context, const segments::PipelineEnds& ends, std::size_t images, Banks banks)
    : host_bytes(images * ends.input_bytes),
      host_segments(images * sizeof(segments::Segment)),
      host_records(images * ends.score_words * sizeof(std::int32_t)),
      host_counters(images * ends.counter_words * sizeof(std::int32_t)),
      host_stray(sizeof(std::uint32_t)),
      bytes(context, CL_MEM_READ_ONLY | banks.read, host_bytes.bytes()),
      segments(context, CL_MEM_READ_ONLY | banks.read, host_segments.bytes()),
      records(context, CL_MEM_WRITE_ONLY | banks.written, host_records.bytes()),
      counters(context, CL_MEM_WRITE_ONLY | banks.written, host_counters.bytes()),
      stray(context, CL_MEM_WRITE_ONLY | banks.written, host_stray.bytes()) {}

bool Batch::is_over() const {
  return are_over(uploads) && are_over({source, sink, collector, records_read, counters_read, stray_read});
}

Launcher::Launcher(const opencl::OpenClContext& context, const cl::Program& program, const Netlist& netlist,
                   const segments::PipelineEnds& ends, Banks banks)
    : ends_(ends),
      banks_(banks),
      has_collector_(ends.collector >= 0),
      source_(program, netlist.kernels.front().name.c_str()),
      sink_(program, netlist.kernels.back().name.c_str()) {
  if (has_collector_) collector_ = cl::Kernel(program, netlist.kernels[std::size_t(ends.collector)].name.c_str());
  for (cl::CommandQueue* queue : {&source_queue_, &sink_queue_, &collector_queue_, &writes_, &reads_})
    *queue = cl::CommandQueue(context.context, context.device, CL_QUEUE_PROFILING_ENABLE);
}

void Launcher::enqueue(const cl::CommandQueue& queue, const cl::Kernel& kernel, const std::vector<cl::Event>& after,
                       cl::Event& event) const {
  queue.enqueueNDRangeKernel(kernel, cl::NullRange, cl::NDRange(1), cl::NDRange(1), &after, &event);
}

void Launcher::flush() const {
  for (const cl::CommandQueue* queue : {&writes_, &source_queue_, &sink_queue_, &collector_queue_, &reads_})
    queue->flush();
}

cl::Event Launcher::send_parameters(const segments::JoinedSegments& parameters) {
  const std::size_t sizes[] = {parameters.bytes.size(), parameters.segments.size() * sizeof(segments::Segment)};
  const void* const contents[] = {parameters.bytes.data(), parameters.segments.data()};
  std::unique_ptr<HostMemory>* const memories[] = {&parameter_bytes_, &parameter_segments_};
  const auto context = source_queue_.getInfo<CL_QUEUE_CONTEXT>();
  parameter_uploads_.resize(2);
  for (int i = 0; i < 2; ++i) {
    *memories[i] = std::make_unique<HostMemory>(sizes[i]);
    std::memcpy((*memories[i])->data(), contents[i], sizes[i]);
    parameter_buffers_[i] = cl::Buffer(context, CL_MEM_READ_ONLY | banks_.read, (*memories[i])->bytes());
    source_.setArg(cl_uint(i), parameter_buffers_[i]);
    writes_.enqueueWriteBuffer(parameter_buffers_[i], CL_FALSE, 0, (*memories[i])->bytes(), (*memories[i])->data(),
                               nullptr, &parameter_uploads_[std::size_t(i)]);
  }
  source_.setArg(2, cl_uint(parameters.segments.size()));
  enqueue(source_queue_, source_, parameter_uploads_, parameters_);
  flush();
  return parameters_;
}

bool Launcher::is_over() const { return are_over(parameter_uploads_) && fpga::is_over(parameters_); }

void Launcher::upload(Batch& batch, const segments::JoinedSegments& sent) {
  const std::size_t segment_bytes = sent.segments.size() * sizeof(segments::Segment);
  std::memcpy(batch.host_bytes.data(), sent.bytes.data(), sent.bytes.size());
  std::memcpy(batch.host_segments.data(), sent.segments.data(), segment_bytes);
  batch.uploads.assign(2, {});
  writes_.enqueueWriteBuffer(batch.bytes, CL_FALSE, 0, sent.bytes.size(), batch.host_bytes.data(), nullptr,
                             &batch.uploads[0]);
  writes_.enqueueWriteBuffer(batch.segments, CL_FALSE, 0, segments::aligned_bytes(segment_bytes),
                             batch.host_segments.data(), nullptr, &batch.uploads[1]);
}

void Launcher::launch(Batch& batch, const segments::JoinedSegments& sent) {
  batch.images = sent.segments.size();
  source_.setArg(0, batch.bytes);
  source_.setArg(1, batch.segments);
  source_.setArg(2, cl_uint(batch.images));
  sink_.setArg(0, batch.records);
  sink_.setArg(1, batch.stray);
  sink_.setArg(2, cl_uint(batch.images * ends_.score_beats));
  upload(batch, sent);
  enqueue(sink_queue_, sink_, {}, batch.sink);
  if (has_collector_) {
    collector_.setArg(0, batch.counters);
    collector_.setArg(1, cl_uint(batch.images));
    enqueue(collector_queue_, collector_, {}, batch.collector);
  }
  enqueue(source_queue_, source_, batch.uploads, batch.source);
  const auto read = [&](const cl::Buffer& from, const HostMemory& to, std::size_t words, const cl::Event& after,
                        cl::Event& event) {
    const std::vector<cl::Event> events{after};
    reads_.enqueueReadBuffer(from, CL_FALSE, 0, segments::aligned_bytes(words * sizeof(std::int32_t)), to.data(),
                             &events, &event);
  };
  read(batch.records, batch.host_records, batch.images * ends_.score_words, batch.sink, batch.records_read);
  read(batch.stray, batch.host_stray, 1, batch.sink, batch.stray_read);
  if (has_collector_)
    read(batch.counters, batch.host_counters, batch.images * ends_.counter_words, batch.collector, batch.counters_read);
  flush();
}

int Launcher::complete(const Batch& batch) const {
  int ended = 0;
  for (const cl::Event* event :
       {&batch.source, &batch.sink, &batch.records_read, &batch.stray_read, &batch.collector, &batch.counters_read}) {
    if ((*event)() != nullptr && has_ended(*event)) ++ended;
  }
  return ended;
}

std::string Launcher::story(const Batch& batch) const {
  std::string text = fmt::format("of its launches source is {}, sink {}", done(batch.source), done(batch.sink));
  if (has_collector_) text += fmt::format(", collector {}", done(batch.collector));
  return text;
}

}  // namespace sluice::fpga
