// SPDX-License-Identifier: Apache-2.0
// OpenCL's C++ bindings as the drivers use them, and the one place where their errors become ours.
//
// Why: a failed call must keep its name and number. Inside a driver the bindings throw cl::Error; every public
// function of a driver runs its body in `guarded`, so that no exception leaves.
#pragma once

#define CL_HPP_ENABLE_EXCEPTIONS
#define CL_HPP_MINIMUM_OPENCL_VERSION 120
#define CL_HPP_TARGET_OPENCL_VERSION 120
#include <CL/opencl.hpp>

#include "runtime/base/status.hpp"

namespace sluice::opencl {

// "CL_OUT_OF_RESOURCES, -5"; "unnamed, <n>" for a number the standard does not have.
std::string error_name(int number);

// World error that names the call, the OpenCL error and what the caller was doing.
Error error_of(const cl::Error& error, const std::string& doing);

// Runs fn; a cl::Error becomes a world error.
template <typename Fn>
auto guarded(const std::string& doing, Fn fn) -> decltype(fn()) {
  try {
    return fn();
  } catch (const cl::Error& error) {
    return error_of(error, doing);
  }
}

}  // namespace sluice::opencl
