// SPDX-License-Identifier: Apache-2.0
// OpenClContext: a device of one OpenCL platform, its context, and programs made for it.
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

// Which device is meant. Names change with versions and machines, so parts of them are given.
struct DeviceWish {
  std::string platform;  // part of the platform's name
  std::string device;    // part of the device's name; empty: any
  std::string advice;    // what to do when the platform is missing: "install the package p"
  std::string choice;    // how to choose when several devices are meant; empty: the first one will do
};

Result<OpenClContext> open_context(const DeviceWish& wish);

// A program from source. A text that does not build fails with the compiler's log. Once the process is asked to end,
// the build is left alone, and its thread.
Result<cl::Program> build_program(const OpenClContext& context, const std::string& text, const std::string& options);

// A program from the bytes of a file. Bytes that the device does not take are the user's fault; `file` names them.
Result<cl::Program> load_program(const OpenClContext& context, const std::string& bytes, const std::string& file);

// How long an ended command of a queue with profiling ran.
double seconds_of(const cl::Event& event);

}  // namespace sluice::opencl
