// SPDX-License-Identifier: Apache-2.0
// OpenClContext: a device of one OpenCL platform, its context, and programs built for it.
//
// Why: every driver on OpenCL begins with the same steps and the same ways to fail. Before: an ICD loader. After: a
// context with one device.
#pragma once

#include <string>

#include "runtime/drivers/opencl/opencl.hpp"

namespace sluice::opencl {

struct OpenClContext {
  cl::Device device;
  cl::Context context;
  std::string name;  // of the device, as its vendor calls it
};

// The first device of the platform of that name. `advice` says what to do when it is missing: "install the package p".
Result<OpenClContext> open_context(const std::string& platform_name, const std::string& advice);

// A program from source. A text that does not build fails with the compiler's log.
Result<cl::Program> build_program(const OpenClContext& context, const std::string& text, const std::string& options);

}  // namespace sluice::opencl
