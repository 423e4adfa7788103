// SPDX-License-Identifier: Apache-2.0
// The conformance suite's list for the vendor's emulator: a program of its own, because the emulator wants a libtbb and
// a list of OpenCL platforms of its own.
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/emulator/presence.hpp"
#include "tests/support/failing_opencl.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

Result<std::unique_ptr<Device>> open_with(const IntegerNetwork& network, const FpgaOptions& options) {
  const test::Scratch scratch;
  const LayerConfigs configs(network.layers.size(), {KernelKind::conv_pair_sparse});
  const auto rows = [](DesignTable& table, const Netlist&) {
    for (int row = 1; row < 3; ++row) {
      table.rows.push_back(table.rows[0]);
      table.rows.back().id = row;
      for (TableLayer& layer : table.rows.back().layers) layer.thresholds = {20 * row, 15 * row};
    }
  };
  const Bundle bundle = SLUICE_TRY(test::bundle_of(network, scratch.path() / "bundle", configs, rows));
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
  const auto fails = [](test::OpenClCall call, int good) {
    return [call, good] { test::fail_opencl_once(call, good); };
  };
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
