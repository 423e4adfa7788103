// SPDX-License-Identifier: Apache-2.0
// The platform and its one device under the vendor's names; contexts; where the loader begins.
#include "tests/board/icd/link.hpp"

namespace sluice::board {
namespace {

_cl_platform_id& platform() {
  static auto* const one = new _cl_platform_id;
  return *one;
}

_cl_device_id& device() {
  static auto* const one = new _cl_device_id;
  return *one;
}

cl_int CL_API_CALL get_platforms(cl_uint room, cl_platform_id* to, cl_uint* count) {
  if (count != nullptr) *count = 1;
  if (to != nullptr && room > 0) *to = &platform();
  return CL_SUCCESS;
}

cl_int CL_API_CALL get_platform_info(cl_platform_id, cl_platform_info what, size_t room, void* to, size_t* needed) {
  switch (what) {
    case CL_PLATFORM_NAME:
      return give("Intel(R) FPGA SDK for OpenCL(TM)", room, to, needed);
    case CL_PLATFORM_VENDOR:
      return give("Intel(R) Corporation", room, to, needed);
    case CL_PLATFORM_VERSION:
      return give("OpenCL 1.0 Intel(R) FPGA SDK for OpenCL(TM), Version 20.3", room, to, needed);
    case CL_PLATFORM_PROFILE:
      return give("EMBEDDED_PROFILE", room, to, needed);
    case CL_PLATFORM_EXTENSIONS:
      return give("cl_khr_icd cl_intel_channels", room, to, needed);
    case CL_PLATFORM_ICD_SUFFIX_KHR:
      return give("IntelFPGA", room, to, needed);
    default:
      return CL_INVALID_VALUE;
  }
}

cl_int CL_API_CALL get_devices(cl_platform_id, cl_device_type type, cl_uint room, cl_device_id* to, cl_uint* count) {
  if ((type & (CL_DEVICE_TYPE_ACCELERATOR | CL_DEVICE_TYPE_DEFAULT)) == 0) return CL_DEVICE_NOT_FOUND;
  if (count != nullptr) *count = 1;
  if (to != nullptr && room > 0) *to = &device();
  return CL_SUCCESS;
}

cl_int CL_API_CALL get_device_info(cl_device_id, cl_device_info what, size_t room, void* to, size_t* needed) {
  switch (what) {
    case CL_DEVICE_NAME:
      return give(std::string(kBoardName) + " : Stand-in board (aclstand_in0)", room, to, needed);
    case CL_DEVICE_VENDOR:
      return give("Intel(R) Corporation", room, to, needed);
    case CL_DEVICE_VERSION:
      return give("OpenCL 1.0 Intel(R) FPGA SDK for OpenCL(TM), Version 20.3", room, to, needed);
    case CL_DEVICE_TYPE:
      return give(cl_device_type{CL_DEVICE_TYPE_ACCELERATOR}, room, to, needed);
    case CL_DEVICE_PLATFORM:
      return give(cl_platform_id{&platform()}, room, to, needed);
    case CL_DEVICE_COMPILER_AVAILABLE:
      return give(cl_bool{CL_FALSE}, room, to, needed);
    case CL_DEVICE_EXTENSIONS:
      return give("cl_khr_icd cl_intel_channels", room, to, needed);
    default:
      return CL_INVALID_VALUE;
  }
}

cl_int CL_API_CALL keep_device(cl_device_id) { return CL_SUCCESS; }

cl_context CL_API_CALL create_context(const cl_context_properties*, cl_uint count, const cl_device_id* devices,
                                      void(CL_CALLBACK*)(const char*, const void*, size_t, void*), void*,
                                      cl_int* told) {
  if (count != 1 || devices == nullptr || devices[0] != &device())
    return made<_cl_context>(nullptr, CL_INVALID_DEVICE, told);
  const cl_int status = Link::instance().connect();
  return made(status == CL_SUCCESS ? new _cl_context : nullptr, status, told);
}

cl_int CL_API_CALL get_context_info(cl_context context, cl_context_info what, size_t room, void* to, size_t* needed) {
  if (what == CL_CONTEXT_DEVICES) return give(cl_device_id{&device()}, room, to, needed);
  if (what == CL_CONTEXT_NUM_DEVICES) return give(cl_uint{1}, room, to, needed);
  if (what == CL_CONTEXT_REFERENCE_COUNT) return give(cl_uint{context->references}, room, to, needed);
  return CL_INVALID_VALUE;
}

cl_int reset_kernels(cl_context, cl_uint, const cl_device_id*) {
  Link& link = Link::instance();
  std::unique_lock lock(link.mutex);
  return link.reset(lock);
}

void* CL_API_CALL extension(cl_platform_id, const char* name) {
  if (std::string(name) == "clResetKernelsIntelFPGA") return reinterpret_cast<void*>(&reset_kernels);
  return nullptr;
}

}  // namespace

void fill_platform(cl_icd_dispatch& table) {
  table.clGetPlatformIDs = &get_platforms;
  table.clGetPlatformInfo = &get_platform_info;
  table.clGetDeviceIDs = &get_devices;
  table.clGetDeviceInfo = &get_device_info;
  table.clRetainDevice = table.clReleaseDevice = &keep_device;
  table.clCreateContext = &create_context;
  table.clRetainContext = &retain<_cl_context>;
  table.clReleaseContext = &release<_cl_context>;
  table.clGetContextInfo = &get_context_info;
  table.clGetExtensionFunctionAddressForPlatform = &extension;
}

cl_icd_dispatch& dispatch() {
  static cl_icd_dispatch* const table = [] {
    auto* const filled = new cl_icd_dispatch{};
    fill_platform(*filled);
    fill_programs(*filled);
    fill_memory(*filled);
    fill_queues(*filled);
    return filled;
  }();
  return *table;
}

}  // namespace sluice::board

// What the loader asks for.
extern "C" __attribute__((visibility("default"))) void* CL_API_CALL clGetExtensionFunctionAddress(const char* name) {
  const std::string wanted = name;
  if (wanted == "clIcdGetPlatformIDsKHR") return reinterpret_cast<void*>(&sluice::board::get_platforms);
  if (wanted == "clGetPlatformInfo") return reinterpret_cast<void*>(&sluice::board::get_platform_info);
  return nullptr;
}
