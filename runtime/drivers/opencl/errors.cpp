// SPDX-License-Identifier: Apache-2.0
// Names of OpenCL's error numbers (OpenCL 1.2 specification, cl.h; -1001 from the ICD extension).
#include <map>

#include "runtime/base/errors.hpp"
#include "runtime/drivers/opencl/opencl.hpp"

namespace sluice::opencl {

std::string error_name(int number) {
#define NAME(code) \
  { code, #code }
  static const std::map<int, const char*> names{NAME(CL_DEVICE_NOT_FOUND),
                                                NAME(CL_DEVICE_NOT_AVAILABLE),
                                                NAME(CL_COMPILER_NOT_AVAILABLE),
                                                NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE),
                                                NAME(CL_OUT_OF_RESOURCES),
                                                NAME(CL_OUT_OF_HOST_MEMORY),
                                                NAME(CL_PROFILING_INFO_NOT_AVAILABLE),
                                                NAME(CL_BUILD_PROGRAM_FAILURE),
                                                NAME(CL_MAP_FAILURE),
                                                NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
                                                NAME(CL_COMPILE_PROGRAM_FAILURE),
                                                NAME(CL_LINKER_NOT_AVAILABLE),
                                                NAME(CL_LINK_PROGRAM_FAILURE),
                                                NAME(CL_INVALID_VALUE),
                                                NAME(CL_INVALID_DEVICE_TYPE),
                                                NAME(CL_INVALID_PLATFORM),
                                                NAME(CL_INVALID_DEVICE),
                                                NAME(CL_INVALID_CONTEXT),
                                                NAME(CL_INVALID_QUEUE_PROPERTIES),
                                                NAME(CL_INVALID_COMMAND_QUEUE),
                                                NAME(CL_INVALID_HOST_PTR),
                                                NAME(CL_INVALID_MEM_OBJECT),
                                                NAME(CL_INVALID_BINARY),
                                                NAME(CL_INVALID_BUILD_OPTIONS),
                                                NAME(CL_INVALID_PROGRAM),
                                                NAME(CL_INVALID_PROGRAM_EXECUTABLE),
                                                NAME(CL_INVALID_KERNEL_NAME),
                                                NAME(CL_INVALID_KERNEL_DEFINITION),
                                                NAME(CL_INVALID_KERNEL),
                                                NAME(CL_INVALID_ARG_INDEX),
                                                NAME(CL_INVALID_ARG_VALUE),
                                                NAME(CL_INVALID_ARG_SIZE),
                                                NAME(CL_INVALID_KERNEL_ARGS),
                                                NAME(CL_INVALID_WORK_DIMENSION),
                                                NAME(CL_INVALID_WORK_GROUP_SIZE),
                                                NAME(CL_INVALID_WORK_ITEM_SIZE),
                                                NAME(CL_INVALID_GLOBAL_OFFSET),
                                                NAME(CL_INVALID_EVENT_WAIT_LIST),
                                                NAME(CL_INVALID_EVENT),
                                                NAME(CL_INVALID_OPERATION),
                                                NAME(CL_INVALID_BUFFER_SIZE),
                                                NAME(CL_INVALID_GLOBAL_WORK_SIZE),
                                                NAME(CL_INVALID_PROPERTY),
                                                {-1001, "CL_PLATFORM_NOT_FOUND_KHR"}};
#undef NAME
  const auto found = names.find(number);
  return fmt::format("{}, {}", found == names.end() ? "unnamed" : found->second, number);
}

Error error_of(const cl::Error& error, const std::string& doing) {
  return world_error("{}: {} failed ({})", doing, error.what(), error_name(error.err()));
}

}  // namespace sluice::opencl
