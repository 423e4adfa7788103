// SPDX-License-Identifier: Apache-2.0
// Opens a device for a bundle by the name a user types.
//
// Why: programs know devices only through runtime/hal. This list is the one place that names drivers. Adding a driver
// is one entry in device_list.cpp and one link in the CMakeLists.txt of this folder.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/hal/faulty_device.hpp"

namespace sluice {

// Wishes beyond the bundle. A driver ignores what does not concern it.
struct DeviceOptions {
  std::size_t images_in_flight = 0;   // becomes the capacity; 0: what the driver thinks right
  unsigned threads = 0;               // cpu: images computed at once; 0: as many as the machine runs at once
  bool is_exact = false;              // walk every engine cycle where there is a faster way to the same result
  bool is_paced = true;               // a simulated device answers when its time has come; false: as soon as it knows
  bool trusts_kernels = false;        // compile a bundle's kernels that are not this library's; they can do all you can
  bool is_emulated = false;           // fpga: the vendor's emulator in place of a board
  bool has_planned_depths = false;    // fpga: the emulator's streams are no deeper than planned
  std::filesystem::path binary;       // fpga: what the vendor's compiler has made of the bundle
  std::string platform, board;        // fpga: parts of the names of OpenCL platform and device; empty: the only ones
  std::vector<InjectedFault> faults;  // every device: what shall go wrong in it, to rehearse that
};

struct DeviceKind {
  std::string name;
  std::string what;  // one line for a help text
};

// All drivers of this build, the default first.
std::vector<DeviceKind> device_kinds();

// Fault::user for an unknown name, with the list of those that exist.
Status check_device_name(const std::string& name);
Result<std::unique_ptr<Device>> open_device(const std::string& name, const Bundle& bundle,
                                            const DeviceOptions& options = {});

// The devices of a list with commas, "fpga,fpga", to stand in for each other (runtime/hal/failover_device.hpp). The
// board is a list, too, then: one name for each `fpga`. Faults are those of the first device.
Result<Devices> open_devices(const std::string& names, const Bundle& bundle, const DeviceOptions& options = {});

// Where the vendor's emulator is installed beside this program: its folder of libraries, which must stand in
// LD_LIBRARY_PATH when the program starts. Empty: nothing is missing.
std::filesystem::path missing_emulator_libraries();

}  // namespace sluice
