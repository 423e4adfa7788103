// SPDX-License-Identifier: Apache-2.0
// Hardware: all that an fpga device has on its board, and what becomes of it when the device fails.
//
// Why: a kernel that still runs reads and writes its buffers, so they must outlive the device. And a reset of the
// kernels is not the end of it: the vendor's runtime ends with an error what *runs*, and then begins what comes next in
// each queue. Those launches would take the next device's images.
//
// The idea: hardware that is not known to be at rest is left behind in this process. Before another device uses the
// board, its kernels are reset again and again, until every command left behind has ended, one way or another, and then
// once more, for what the last of them did to the channels. In another process nothing is left: it programs the board.
//
// Before: a device that failed. After clear_board(): empty channels, kernels at their beginning, nothing queued.
#pragma once

#include <memory>
#include <vector>

#include "runtime/drivers/fpga/launcher.hpp"

namespace sluice::fpga {

struct Hardware {
  opencl::OpenClContext opencl;
  cl::Program program;
  std::unique_ptr<Launcher> launcher;
  std::vector<std::unique_ptr<Batch>> batches;
};

// Keeps the hardware of a failed device until clear_board(), or the end of the process.
void leave_behind(std::unique_ptr<Hardware> hardware);

// Ends what was left behind on this board; does nothing where nothing was.
Status clear_board(const opencl::OpenClContext& context);

}  // namespace sluice::fpga
