// SPDX-License-Identifier: Apache-2.0
// Platforms, contexts, builds (see context.hpp).
#include "runtime/drivers/opencl/context.hpp"

#include <vector>

#include "runtime/base/errors.hpp"

namespace sluice::opencl {

Result<OpenClContext> open_context(const std::string& platform_name, const std::string& advice) {
  std::vector<cl::Platform> platforms;
  try {
    cl::Platform::get(&platforms);
  } catch (const cl::Error&) {
    platforms.clear();  // -1001: the ICD loader found no platform at all
  }
  return guarded("choosing an OpenCL device", [&]() -> Result<OpenClContext> {
    std::string seen;
    for (const cl::Platform& platform : platforms) {
      const std::string found = platform.getInfo<CL_PLATFORM_NAME>();
      seen += (seen.empty() ? "" : ", ") + found;
      if (found != platform_name) continue;
      std::vector<cl::Device> devices;
      platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
      const cl::Device device = devices.at(0);
      return OpenClContext{device, cl::Context(device), device.getInfo<CL_DEVICE_NAME>()};
    }
    return world_error("no device of \"{}\": OpenCL platforms here are: {}; {}", platform_name,
                       seen.empty() ? "none" : seen, advice);
  });
}

Result<cl::Program> build_program(const OpenClContext& context, const std::string& text, const std::string& options) {
  return guarded("building the OpenCL program", [&]() -> Result<cl::Program> {
    cl::Program program(context.context, text);
    try {
      program.build({context.device}, options.c_str());
    } catch (const cl::Error& error) {
      const std::string log = program.getBuildInfo<CL_PROGRAM_BUILD_LOG>(context.device);
      return world_error("the OpenCL program does not build ({}):\n{}", error_name(error.err()), log);
    }
    return program;
  });
}

}  // namespace sluice::opencl
