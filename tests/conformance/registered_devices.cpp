// SPDX-License-Identifier: Apache-2.0
// The list behind registry.hpp.
#include "runtime/drivers/null/null_device.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "tests/conformance/registry.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

using std::chrono::microseconds;

Result<std::unique_ptr<Device>> open_instant(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 4, .rows = 3});
}

Result<std::unique_ptr<Device>> open_slow(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 2, .latency = microseconds(300), .interval = microseconds(100)});
}

Result<std::unique_ptr<Device>> open_pocl(const IntegerNetwork& network) {
  const test::Scratch scratch;
  const Bundle bundle = SLUICE_TRY(test::bundle_of(network, scratch.path() / "bundle"));
  return open_pocl_device(bundle, {.images_in_flight = 3});
}

}  // namespace

std::vector<RegisteredDevice> registered_devices() {
  return {
      {"null", 3, open_instant},
      {"null_slow", 1, open_slow},
      {"pocl", 1, open_pocl},
  };
}

}  // namespace sluice
