// SPDX-License-Identifier: Apache-2.0
// Platforms, contexts, programs (see context.hpp).
#include "runtime/drivers/opencl/context.hpp"

#include <vector>

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::opencl {
namespace {

std::vector<cl::Platform> platforms() {
  std::vector<cl::Platform> all;
  try {
    cl::Platform::get(&all);
  } catch (const cl::Error&) {
    all.clear();  // -1001: the ICD loader found no platform at all
  }
  return all;
}

// A platform without a device says so by an error.
std::vector<cl::Device> devices_of(const cl::Platform& platform) {
  std::vector<cl::Device> all;
  try {
    platform.getDevices(CL_DEVICE_TYPE_ALL, &all);
  } catch (const cl::Error& error) {
    if (error.err() != CL_DEVICE_NOT_FOUND) throw;
  }
  return all;
}

void add(std::string& list, const std::string& name) { list += (list.empty() ? "\"" : ", \"") + name + "\""; }

std::string listed(const std::string& list) { return list.empty() ? "none" : list; }

}  // namespace

Result<OpenClContext> open_context(const DeviceWish& wish) {
  return guarded("choosing an OpenCL device", [&]() -> Result<OpenClContext> {
    std::string seen, seen_devices, meant_names;
    bool is_platform_there = false;
    std::vector<cl::Device> meant;
    for (const cl::Platform& platform : platforms()) {
      const std::string found = platform.getInfo<CL_PLATFORM_NAME>();
      add(seen, found);
      if (found.find(wish.platform) == std::string::npos) continue;
      is_platform_there = true;
      for (const cl::Device& device : devices_of(platform)) {
        const std::string name = device.getInfo<CL_DEVICE_NAME>();
        add(seen_devices, name);
        if (name.find(wish.device) == std::string::npos) continue;
        meant.push_back(device);
        add(meant_names, name);
      }
    }
    if (!is_platform_there)
      return world_error("no OpenCL platform \"{}\"; platforms here are: {}; {}", wish.platform, listed(seen),
                         wish.advice);
    if (meant.empty())
      return user_error("no device \"{}\" of OpenCL platform \"{}\"; devices there are: {}", wish.device, wish.platform,
                        listed(seen_devices));
    if (meant.size() > 1 && !wish.choice.empty())
      return user_error("{} devices of OpenCL platform \"{}\" are meant: {}; {}", meant.size(), wish.platform,
                        meant_names, wish.choice);
    return OpenClContext{meant[0], cl::Context(meant[0]), meant[0].getInfo<CL_DEVICE_NAME>()};
  });
}

Result<cl::Program> build_program(const OpenClContext& context, const std::string& text, const std::string& options) {
  return guarded("building the OpenCL program", [&]() -> Result<cl::Program> {
    cl::Program program(context.context, text);
    try {
      SLUICE_CHECK(unless_interrupted([=, device = context.device] { program.build({device}, options.c_str()); }));
    } catch (const cl::Error& error) {
      const std::string log = program.getBuildInfo<CL_PROGRAM_BUILD_LOG>(context.device);
      return world_error("the OpenCL program does not build ({}):\n{}", error_name(error.err()), log);
    }
    return program;
  });
}

double seconds_of(const cl::Event& event) {
  const auto start = event.getProfilingInfo<CL_PROFILING_COMMAND_START>();
  const auto end = event.getProfilingInfo<CL_PROFILING_COMMAND_END>();
  return 1e-9 * static_cast<double>(end - start);
}

Result<cl::Program> load_program(const OpenClContext& context, const std::string& bytes, const std::string& file) {
  const auto refused = [&](const cl::Error& error) {
    return user_error("{}: \"{}\" does not take it ({} failed: {}); it must be a whole file, made for this device",
                      file, context.name, error.what(), error_name(error.err()));
  };
  try {
    const std::vector<unsigned char> binary(bytes.begin(), bytes.end());
    cl::Program program(context.context, {context.device}, {binary});
    program.build({context.device});  // a formality for a binary, but kernels exist only after it
    return program;
  } catch (const cl::Error& error) {
    return refused(error);
  }
}

}  // namespace sluice::opencl
