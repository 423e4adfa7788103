// SPDX-License-Identifier: Apache-2.0
// Hardware: all that an fpga device has on its board, whose board it is, and what becomes of it when the device fails.
//
// Why: two devices of one process would launch the same circuits, and each would get images of the other. A kernel that
// still runs reads and writes its buffers, so they must outlive the device. And a reset of the kernels is not the end
// of it: the vendor's runtime ends with an error what *runs*, and then begins what comes next in each queue. Those
// launches would take the next device's images.
//
// The idea: hardware that is not known to be at rest is left behind in this process. Before another device uses the
// board, its kernels are reset again and again, until every command left behind has ended, one way or another, and then
// once more, for what the last of them did to the channels. In another process nothing is left: it programs the board.
//
// Before: a context with a board. After take_board(): this device's alone, with empty channels, kernels at their
// beginning, nothing queued.
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

// Ends what was left behind on this board. Refused while another device has it.
Status take_board(const opencl::OpenClContext& context);

// The board is free again. Where the hardware is not at rest, it is kept until the board is taken again, or until the
// process ends.
void give_back_board(std::unique_ptr<Hardware> hardware, bool is_at_rest);

}  // namespace sluice::fpga
