// SPDX-License-Identifier: Apache-2.0
// The list behind device_list.hpp.
#include "runtime/drivers/device_list.hpp"

#include "runtime/drivers/null/null_device.hpp"

namespace sluice {
namespace {

using Open = Result<std::unique_ptr<Device>> (*)(const IntegerNetwork&, const DeviceRequest&);

struct Entry {
  const char* name;
  const char* what;
  Open open;
};

Result<std::unique_ptr<Device>> open_null(const IntegerNetwork& network, const DeviceRequest& request) {
  return open_null_device(network, {.rows = request.rows});
}

constexpr Entry kDevices[] = {
    {"null", "no hardware: hashed scores, to test and measure the host side", open_null},
};

}  // namespace

std::vector<DeviceKind> device_kinds() {
  std::vector<DeviceKind> kinds;
  for (const Entry& entry : kDevices) kinds.push_back({entry.name, entry.what});
  return kinds;
}

Result<std::unique_ptr<Device>> open_device(const std::string& name, const IntegerNetwork& network,
                                            const DeviceRequest& request) {
  std::string known;
  for (const Entry& entry : kDevices) {
    if (name == entry.name) return entry.open(network, request);
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return user_error("device \"{}\" is not known; there are: {}", name, known);
}

}  // namespace sluice
