// SPDX-License-Identifier: Apache-2.0
// The list behind registry.hpp.
#include "runtime/drivers/null/null_device.hpp"
#include "tests/conformance/registry.hpp"

namespace sluice {
namespace {

Result<std::unique_ptr<Device>> open_instant(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 4, .rows = 3});
}

Result<std::unique_ptr<Device>> open_slow(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 2, .latency = std::chrono::microseconds(300), .interval = std::chrono::microseconds(100)});
}

}  // namespace

std::vector<RegisteredDevice> registered_devices() {
  return {
      {"null", 3, open_instant},
      {"null_slow", 1, open_slow},
  };
}

}  // namespace sluice
