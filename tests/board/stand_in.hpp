// SPDX-License-Identifier: Apache-2.0
// StandIn: the stand-in board of this test program, and binaries for it.
//
// Why: the loader and the driver read the environment once, so the board must run before the first OpenCL call; and it
// must end with the program, whatever happens to it. Before: no OpenCL call yet in this process. After: the vendor's
// platform is there, with one board; its seed is printed.
#pragma once

#include <filesystem>

#include "runtime/bundle/bundle.hpp"
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "tests/board/board_state.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {

class StandIn {
 public:
  // Starts the board when it is first called. SLUICE_BOARD_SEED seeds its pauses, its garbage and the order of calls.
  static StandIn& instance();
  ~StandIn();

  board::BoardState& state() { return *state_; }
  // A binary of the bundle, as a file.
  Result<std::filesystem::path> binary_of(const Bundle& bundle);
  // The driver on a binary of the bundle.
  Result<std::unique_ptr<Device>> open(const Bundle& bundle, FpgaOptions options = {});

 private:
  StandIn();

  const Scratch scratch_;
  std::uint64_t seed_ = 1;
  int process_ = 0;
  board::BoardState* state_ = nullptr;
};

}  // namespace sluice::test
