// SPDX-License-Identifier: Apache-2.0
// Opens a device by the name a user types.
//
// Why: programs know devices only through runtime/hal; this list is the one place that names drivers. Adding a driver is
// one entry in device_list.cpp and one link in CMakeLists.txt beside it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bundle/network.hpp"
#include "runtime/hal/device.hpp"

namespace sluice {

// What a driver may need beside the network. Drivers ignore what does not concern them.
struct DeviceRequest {
  std::filesystem::path bundle;  // folder of the bundle: kernels, weights; the null device needs none
  std::uint32_t rows = 1;        // rows of the bundle's design table
};

struct DeviceKind {
  std::string name;
  std::string what;  // one line for a help text
};

// All drivers of this build, the default first.
std::vector<DeviceKind> device_kinds();

// Fault::user for an unknown name, with the list of those that exist.
Result<std::unique_ptr<Device>> open_device(const std::string& name, const IntegerNetwork& network,
                                            const DeviceRequest& request);

}  // namespace sluice
