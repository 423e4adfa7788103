// SPDX-License-Identifier: Apache-2.0
// The entry points of failing_opencl.hpp.
#include "tests/support/failing_opencl.hpp"

#include <dlfcn.h>
#include <array>
#include <atomic>

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

namespace sluice::test {
namespace {

constexpr int kNever = -1;
std::array<std::atomic<int>, 4> calls_until_failure{kNever, kNever, kNever, kNever};

bool must_fail(OpenClCall call) {
  std::atomic<int>& left = calls_until_failure[std::size_t(call)];
  int now = left.load();
  while (now != kNever && !left.compare_exchange_weak(now, now - 1)) {
  }
  return now == 0;
}

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

void fail_opencl_once(OpenClCall call, int good) { calls_until_failure[std::size_t(call)] = good; }

}  // namespace sluice::test

using sluice::test::must_fail;
using sluice::test::OpenClCall;

extern "C" {

cl_int clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t* offset,
                              const size_t* global, const size_t* local, cl_uint count, const cl_event* after,
                              cl_event* event) {
  if (must_fail(OpenClCall::enqueue_kernel)) return CL_OUT_OF_RESOURCES;
  static auto* const next = sluice::test::real<decltype(clEnqueueNDRangeKernel)>("clEnqueueNDRangeKernel");
  return next(queue, kernel, dimensions, offset, global, local, count, after, event);
}

cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool is_blocking, size_t offset, size_t size,
                           void* to, cl_uint count, const cl_event* after, cl_event* event) {
  if (must_fail(OpenClCall::enqueue_read)) return CL_OUT_OF_RESOURCES;
  static auto* const next = sluice::test::real<decltype(clEnqueueReadBuffer)>("clEnqueueReadBuffer");
  return next(queue, buffer, is_blocking, offset, size, to, count, after, event);
}

cl_int clWaitForEvents(cl_uint count, const cl_event* events) {
  if (must_fail(OpenClCall::wait)) return CL_OUT_OF_RESOURCES;
  static auto* const next = sluice::test::real<decltype(clWaitForEvents)>("clWaitForEvents");
  return next(count, events);
}

cl_int clGetEventInfo(cl_event event, cl_event_info what, size_t size, void* value, size_t* size_needed) {
  if (what == CL_EVENT_COMMAND_EXECUTION_STATUS && value != nullptr && must_fail(OpenClCall::event_status)) {
    *static_cast<cl_int*>(value) = CL_DEVICE_NOT_AVAILABLE;
    return CL_SUCCESS;
  }
  static auto* const next = sluice::test::real<decltype(clGetEventInfo)>("clGetEventInfo");
  return next(event, what, size, value, size_needed);
}

}  // extern "C"
