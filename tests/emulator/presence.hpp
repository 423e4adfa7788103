// SPDX-License-Identifier: Apache-2.0
// Whether the vendor's emulator is there; tests of it are skipped, visibly, where it is not.
#pragma once

#include "runtime/drivers/fpga/emulator.hpp"

namespace sluice::test {

inline bool is_emulator_installed() { return !fpga::emulator_folder().empty(); }

}  // namespace sluice::test

#define SLUICE_SKIP_WITHOUT_EMULATOR()                                                                           \
  if (!::sluice::test::is_emulator_installed()) GTEST_SKIP() << "the vendor's emulator is not installed: ./run " \
                                                                "emulator"
