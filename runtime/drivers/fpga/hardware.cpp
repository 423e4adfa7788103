// SPDX-License-Identifier: Apache-2.0
// Who has which board, and resets until nothing left behind is on it (see hardware.hpp).
#include "runtime/drivers/fpga/hardware.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice::fpga {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kLongest{30};           // until all that was left behind has ended
constexpr milliseconds kUntilNextReset{20}, kLook{1};  // for what a reset lets begin

struct Boards {
  std::mutex mutex;  // guards both
  std::vector<cl_device_id> taken;
  std::vector<std::unique_ptr<Hardware>> left_behind;
};

// Never destroyed: when the process ends, kernels may still write.
Boards& boards() {
  static Boards& one = *new Boards;
  return one;
}

bool is_over(const Hardware& hardware) {
  return hardware.launcher->is_over() &&
         std::all_of(hardware.batches.begin(), hardware.batches.end(), [](const auto& b) { return b->is_over(); });
}

Status reset_kernels(const opencl::OpenClContext& context) {
  using Reset = cl_int (*)(cl_context, cl_uint, const cl_device_id*);
  const cl_platform_id platform = context.device.getInfo<CL_DEVICE_PLATFORM>();
  const auto reset =
      reinterpret_cast<Reset>(clGetExtensionFunctionAddressForPlatform(platform, "clResetKernelsIntelFPGA"));
  if (reset == nullptr) {
    return world_error(
        "\"{}\" was left in the middle of images by a failure, and its runtime cannot reset kernels "
        "(clResetKernelsIntelFPGA is missing); start a new process, which programs the board anew",
        context.name);
  }
  const cl_device_id device = context.device();
  const cl_int status = reset(context.context(), 1, &device);
  if (status == CL_SUCCESS) return ok();
  return world_error("clResetKernelsIntelFPGA of \"{}\" failed ({})", context.name, opencl::error_name(status));
}

// Ends what is left behind on this board; does nothing where nothing is.
Status clear(std::vector<std::unique_ptr<Hardware>>& all, const opencl::OpenClContext& context) {
  return opencl::guarded("clearing the board", [&]() -> Status {
    const auto is_here = [&](const auto& hardware) { return hardware->opencl.device() == context.device(); };
    const auto is_busy = [&](const auto& hardware) { return is_here(hardware) && !is_over(*hardware); };
    if (std::none_of(all.begin(), all.end(), is_here)) return ok();
    for (const auto& hardware : all) hardware->launcher->flush();  // what was not flushed never begins, and never ends
    for (const auto begin = Clock::now(); std::any_of(all.begin(), all.end(), is_busy);) {
      SLUICE_CHECK(check_interrupt());
      if (Clock::now() - begin > kLongest) {
        return world_error(
            "launches of an earlier failure on \"{}\" did not end within {} s, however often its kernels were reset; "
            "start a new process, which programs the board anew",
            context.name, kLongest.count());
      }
      SLUICE_CHECK(reset_kernels(context));
      const auto until = Clock::now() + kUntilNextReset;
      while (Clock::now() < until && std::any_of(all.begin(), all.end(), is_busy)) std::this_thread::sleep_for(kLook);
    }
    SLUICE_CHECK(reset_kernels(context));
    std::erase_if(all, is_here);
    return ok();
  });
}

}  // namespace

void give_back_board(std::unique_ptr<Hardware> hardware, bool is_at_rest) {
  const std::lock_guard lock(boards().mutex);
  std::erase(boards().taken, hardware->opencl.device());
  if (!is_at_rest) boards().left_behind.push_back(std::move(hardware));
}

Status take_board(const opencl::OpenClContext& context) {
  const std::lock_guard lock(boards().mutex);
  std::vector<cl_device_id>& taken = boards().taken;
  if (std::find(taken.begin(), taken.end(), context.device()) != taken.end())
    return user_error("\"{}\" is used by another device of this process; close that first", context.name);
  SLUICE_CHECK(clear(boards().left_behind, context));
  taken.push_back(context.device());
  return ok();
}

}  // namespace sluice::fpga
