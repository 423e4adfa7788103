// SPDX-License-Identifier: Apache-2.0
// An OpenCL that fails once, on command.
//
// Why: a driver must survive the failure of any call, and a healthy machine gives none. The idea: failing_opencl.cpp
// defines the entry points named below; a program that is linked with it calls them instead of those of the ICD loader.
// They hand everything on to the loader but the one call that is to fail.
//
// Before: a program linked with failing_opencl.cpp itself, not with a library that holds it. After the failure: OpenCL
// works as before, so that a driver which goes on is found out.
#pragma once

namespace sluice::test {

enum class OpenClCall { enqueue_kernel, enqueue_read, wait, event_status };

// Lets `good` calls of this kind pass; the next one fails with CL_OUT_OF_RESOURCES and does nothing. A question for an
// event's status is answered with CL_DEVICE_NOT_AVAILABLE: the command ended, because the device was lost.
void fail_opencl_once(OpenClCall call, int good);

}  // namespace sluice::test
