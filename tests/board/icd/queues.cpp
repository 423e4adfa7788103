// SPDX-License-Identifier: Apache-2.0
// Queues, commands and events. Nothing here starts a command; link.cpp does, when the queue was flushed.
#include "tests/board/icd/link.hpp"

namespace sluice::board {
namespace {

Link& link() { return Link::instance(); }

cl_command_queue CL_API_CALL create_queue(cl_context context, cl_device_id, cl_command_queue_properties properties,
                                          cl_int* told) {
  if ((properties & ~cl_command_queue_properties{CL_QUEUE_PROFILING_ENABLE}) != 0)
    return made<_cl_command_queue>(nullptr, CL_INVALID_QUEUE_PROPERTIES, told);  // in order only, as of old versions
  auto* const queue = new _cl_command_queue;
  queue->context = Held(context);
  queue->is_profiled = properties != 0;
  const std::lock_guard lock(link().mutex);
  link().add(queue);
  return made(queue, CL_SUCCESS, told);
}

// With the lock held.
void flush_queue(_cl_command_queue& queue) {
  queue.flushed = queue.commands.size();
  link().submit();
}

cl_int CL_API_CALL release_queue(cl_command_queue queue) {
  const std::lock_guard lock(link().mutex);
  if (--queue->references > 0) return CL_SUCCESS;
  queue->is_abandoned = true;  // what is in it goes on
  flush_queue(*queue);
  return CL_SUCCESS;
}

cl_int CL_API_CALL get_queue_info(cl_command_queue queue, cl_command_queue_info what, size_t room, void* to,
                                  size_t* needed) {
  if (what == CL_QUEUE_CONTEXT) return give(cl_context{queue->context.get()}, room, to, needed);
  return CL_INVALID_VALUE;
}

// With the lock held.
void enqueue(_cl_command_queue& queue, Command command, cl_uint count, const cl_event* after, cl_event* event) {
  auto* const made_event = new _cl_event;
  command.event = Held(made_event);
  made_event->queued_ns = now_ns();
  made_event->is_profiled = queue.is_profiled;
  for (cl_uint i = 0; i < count; ++i) command.after.emplace_back(after[i]);
  queue.commands.push_back(std::move(command));
  if (event != nullptr)
    *event = made_event;
  else
    release(made_event);
}

cl_int CL_API_CALL enqueue_kernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t* offset,
                                  const size_t* global, const size_t* local, cl_uint count, const cl_event* after,
                                  cl_event* event) {
  if (link().state().is_due(Fault::refused_kernel)) return CL_OUT_OF_RESOURCES;
  if (dimensions < 1 || dimensions > 3) return CL_INVALID_WORK_DIMENSION;
  // All kernels here say max_global_work_dim(0).
  for (cl_uint d = 0; d < dimensions; ++d) {
    if (offset != nullptr && offset[d] != 0) return CL_INVALID_GLOBAL_OFFSET;
    if (global == nullptr || global[d] != 1) return CL_INVALID_GLOBAL_WORK_SIZE;
    if (local != nullptr && local[d] != 1) return CL_INVALID_WORK_GROUP_SIZE;
  }
  const std::lock_guard lock(link().mutex);
  for (const auto& argument : kernel->arguments) {
    if (!argument.is_set) return CL_INVALID_KERNEL_ARGS;
  }
  Command command;
  command.kernel = Held(kernel);
  command.arguments = kernel->arguments;
  enqueue(*queue, std::move(command), count, after, event);
  return CL_SUCCESS;
}

cl_int wait_for(std::unique_lock<std::mutex>& lock, _cl_event& event) {
  link().changed.wait(lock, [&] { return event.status <= CL_COMPLETE; });
  return event.status < 0 ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : CL_SUCCESS;
}

cl_int transfer(cl_command_queue queue, cl_mem buffer, cl_bool is_blocking, size_t offset, size_t bytes, void* host,
                bool is_read, cl_uint count, const cl_event* after, cl_event* event) {
  if (host == nullptr || offset + bytes > buffer->bytes) return CL_INVALID_VALUE;
  std::unique_lock lock(link().mutex);
  Command command;
  command.buffer = Held(buffer);
  command.is_read = is_read;
  command.offset = offset;
  command.bytes = bytes;
  command.host = host;
  cl_event own = nullptr;
  enqueue(*queue, std::move(command), count, after, &own);
  const Held<_cl_event> waited(own);
  if (event != nullptr)
    *event = own;
  else
    release(own);
  if (is_blocking == CL_FALSE) return CL_SUCCESS;
  flush_queue(*queue);
  return wait_for(lock, *waited.get());
}

cl_int CL_API_CALL enqueue_read(cl_command_queue queue, cl_mem buffer, cl_bool is_blocking, size_t offset, size_t bytes,
                                void* host, cl_uint count, const cl_event* after, cl_event* event) {
  if (link().state().is_due(Fault::refused_read)) return CL_OUT_OF_RESOURCES;
  return transfer(queue, buffer, is_blocking, offset, bytes, host, true, count, after, event);
}

cl_int CL_API_CALL enqueue_write(cl_command_queue queue, cl_mem buffer, cl_bool is_blocking, size_t offset,
                                 size_t bytes, const void* host, cl_uint count, const cl_event* after,
                                 cl_event* event) {
  return transfer(queue, buffer, is_blocking, offset, bytes, const_cast<void*>(host), false, count, after, event);
}

cl_int CL_API_CALL flush(cl_command_queue queue) {
  const std::lock_guard lock(link().mutex);
  flush_queue(*queue);
  return CL_SUCCESS;
}

cl_int CL_API_CALL finish(cl_command_queue queue) {
  std::unique_lock lock(link().mutex);
  flush_queue(*queue);
  link().changed.wait(lock, [&] { return queue->commands.empty(); });
  return CL_SUCCESS;
}

// Flushes nothing: whoever waits for an event of a queue that was not flushed waits for ever.
cl_int CL_API_CALL wait_for_events(cl_uint count, const cl_event* events) {
  std::unique_lock lock(link().mutex);
  cl_int status = CL_SUCCESS;
  for (cl_uint i = 0; i < count; ++i) {
    const cl_int one = wait_for(lock, *events[i]);
    if (one != CL_SUCCESS) status = one;
  }
  return status;
}

cl_int CL_API_CALL get_event_info(cl_event event, cl_event_info what, size_t room, void* to, size_t* needed) {
  const std::lock_guard lock(link().mutex);
  if (what == CL_EVENT_COMMAND_EXECUTION_STATUS) return give(cl_int{event->status}, room, to, needed);
  return CL_INVALID_VALUE;
}

cl_int CL_API_CALL get_profile(cl_event event, cl_profiling_info what, size_t room, void* to, size_t* needed) {
  const std::lock_guard lock(link().mutex);
  if (!event->is_profiled || event->status != CL_COMPLETE) return CL_PROFILING_INFO_NOT_AVAILABLE;
  const cl_ulong times[] = {event->queued_ns, event->submitted_ns, event->began_ns, event->ended_ns};
  if (what < CL_PROFILING_COMMAND_QUEUED || what > CL_PROFILING_COMMAND_END) return CL_INVALID_VALUE;
  return give(times[what - CL_PROFILING_COMMAND_QUEUED], room, to, needed);
}

}  // namespace

void fill_queues(cl_icd_dispatch& table) {
  table.clCreateCommandQueue = &create_queue;
  table.clRetainCommandQueue = &retain<_cl_command_queue>;
  table.clReleaseCommandQueue = &release_queue;
  table.clGetCommandQueueInfo = &get_queue_info;
  table.clEnqueueNDRangeKernel = &enqueue_kernel;
  table.clEnqueueReadBuffer = &enqueue_read;
  table.clEnqueueWriteBuffer = &enqueue_write;
  table.clFlush = &flush;
  table.clFinish = &finish;
  table.clWaitForEvents = &wait_for_events;
  table.clGetEventInfo = &get_event_info;
  table.clGetEventProfilingInfo = &get_profile;
  table.clRetainEvent = &retain<_cl_event>;
  table.clReleaseEvent = &release<_cl_event>;
}

}  // namespace sluice::board
