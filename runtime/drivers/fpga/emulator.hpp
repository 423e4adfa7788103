// SPDX-License-Identifier: Apache-2.0
// The vendor's FPGA emulator: where it is installed, and what it must be told before it loads.
//
// Why: the emulator reads its settings from the environment once, when the ICD loader loads it with the process's first
// OpenCL call. It is installed in a folder of its own (./run emulator), where no loader looks. It needs a newer libtbb
// than Debian's, which this program has loaded already when it starts. And one of its workers holds one kernel for
// ever: with fewer workers than kernels nothing moves, and nothing says why.
//
// The idea: prepare_emulator() writes what the environment leaves open; what a user has set stays, and is checked. It
// also asks for short turns on the processors, for this thread and those that it starts, since kernels that wait spin.
// The folder of libraries is for whoever starts the program: it must stand in LD_LIBRARY_PATH from the beginning.
//
// Before: no OpenCL call yet in this process, and no other thread that reads the environment. After: see above. When
// OpenCL is already loaded the platform is either there or its absence is told.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/status.hpp"

namespace sluice::fpga {

// What ./run emulator has made: the folder that SLUICE_FPGA_EMULATOR names, else a folder `emulator` beside any folder
// above this program (build/emulator, for programs of build/). Empty where there is none; the platform may be
// registered on the machine all the same.
std::filesystem::path emulator_folder();

// Its libraries; empty where there is no folder, or where LD_LIBRARY_PATH names it already.
std::filesystem::path missing_library_folder();

// Fault::user when the environment gives the emulator fewer workers than `kernels`.
Status prepare_emulator(int kernels);

// What to do when the platform is not there.
std::string emulator_advice();

}  // namespace sluice::fpga
