// SPDX-License-Identifier: Apache-2.0
// The conformance suite's list for the vendor's emulator: a program of its own, because the emulator wants a libtbb and
// a list of OpenCL platforms of its own.
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "tests/conformance/bundle_with_rows.hpp"
#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/emulator/presence.hpp"

namespace sluice {
namespace {

Result<std::unique_ptr<Device>> open_with(const IntegerNetwork& network, const FpgaOptions& options) {
  const test::Scratch scratch;
  const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
  return open_fpga_device(bundle, options);
}

// Batches of one image.
Result<std::unique_ptr<Device>> open_single(const IntegerNetwork& network) {
  return open_with(network, {.is_emulated = true, .capacity = 3});
}

// Batches of three, of which the last is short.
Result<std::unique_ptr<Device>> open_batches(const IntegerNetwork& network) {
  return open_with(network, {.is_emulated = true, .capacity = 8});
}

std::vector<Failure> failures() {
  return {{"the_sink", open_batches, fails(test::OpenClCall::enqueue_kernel, 0), tiny_network()},
          {"the_source", open_batches, fails(test::OpenClCall::enqueue_kernel, 2), tiny_network()},
          {"the_counters", open_single, fails(test::OpenClCall::enqueue_read, 2), tiny_network()},
          {"a_lost_device", open_batches, fails(test::OpenClCall::event_status, 5), tiny_network()}};
}

}  // namespace

std::vector<RegisteredDevice> registered_devices() {
  return {{"emulator", 3, open_single, test::is_emulator_installed, failures()},
          {"emulator_batches", 3, open_batches, test::is_emulator_installed}};
}

}  // namespace sluice
