// SPDX-License-Identifier: Apache-2.0
// The list that device_list.hpp declares.
#include "runtime/drivers/device_list.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"
#include "runtime/drivers/cpu/cpu_device.hpp"
#include "runtime/drivers/fpga/emulator.hpp"
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "runtime/drivers/null/null_device.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/sim/sim_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"

namespace sluice {
namespace {

using Open = Result<std::unique_ptr<Device>> (*)(const Bundle&, const DeviceOptions&);

struct Entry {
  const char* name;
  const char* what;
  Open open;
};

Result<std::unique_ptr<Device>> open_cpu(const Bundle& bundle, const DeviceOptions& options) {
  return open_cpu_device(bundle, {.capacity = options.images_in_flight, .threads = options.threads});
}

Result<std::unique_ptr<Device>> open_fpga(const Bundle& bundle, const DeviceOptions& options) {
  FpgaOptions fpga;
  fpga.is_emulated = options.is_emulated;
  fpga.trusts_kernels = options.trusts_kernels;
  fpga.binary = options.binary;
  fpga.platform = options.platform;
  fpga.board = options.board;
  fpga.capacity = options.images_in_flight;
  if (options.has_planned_depths) fpga.minimum_depth = 0;
  return open_fpga_device(bundle, fpga);
}

Result<std::unique_ptr<Device>> open_null(const Bundle& bundle, const DeviceOptions& options) {
  NullOptions null;
  null.rows = static_cast<std::uint32_t>(bundle.table().rows.size());
  if (options.images_in_flight != 0) null.capacity = options.images_in_flight;
  return open_null_device(bundle.network(), null);
}

Result<std::unique_ptr<Device>> open_pocl(const Bundle& bundle, const DeviceOptions& options) {
  PoclOptions pocl;
  if (options.images_in_flight != 0) pocl.images_in_flight = options.images_in_flight;
  pocl.is_exact = options.is_exact;
  pocl.trusts_kernels = options.trusts_kernels;
  return open_pocl_device(bundle, pocl);
}

Result<std::unique_ptr<Device>> open_sim(const Bundle& bundle, const DeviceOptions& options) {
  SimOptions sim;
  if (options.images_in_flight != 0) sim.capacity = options.images_in_flight;
  sim.is_paced = options.is_paced;
  return open_sim_device(bundle, sim);
}

Result<std::unique_ptr<Device>> open_threads(const Bundle& bundle, const DeviceOptions& options) {
  ThreadsOptions threads;
  if (options.images_in_flight != 0) threads.capacity = options.images_in_flight;
  threads.trusts_kernels = options.trusts_kernels;
  return open_threads_device(bundle, threads);
}

constexpr Entry kDevices[] = {
    {"cpu", "this machine's processor by the integer evaluator: the same scores and counters, fast", open_cpu},
    {"pocl", "the bundle's OpenCL kernels on this machine's processor", open_pocl},
    {"sim", "the bundle's results at the times of the cycle model: what an FPGA would do, simulated", open_sim},
    {"threads",
     "the bundle's program for aoc, compiled for this machine: a thread for each kernel, streams of the planned depths",
     open_threads},
    {"fpga", "the vendor's OpenCL: a board with --binary, or its emulator with --emulator", open_fpga},
    {"null", "no hardware: hashed scores, to test and measure the host side", open_null},
};

}  // namespace

std::vector<DeviceKind> device_kinds() {
  std::vector<DeviceKind> kinds;
  for (const Entry& entry : kDevices) kinds.push_back({entry.name, entry.what});
  return kinds;
}

Status check_device_name(const std::string& name) {
  std::string known;
  for (const Entry& entry : kDevices) {
    if (name == entry.name) return ok();
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return user_error("device \"{}\" is not known; there are: {}", name, known);
}

Result<std::unique_ptr<Device>> open_device(const std::string& name, const Bundle& bundle,
                                            const DeviceOptions& options) {
  SLUICE_CHECK(check_device_name(name));
  const auto entry =
      std::find_if(std::begin(kDevices), std::end(kDevices), [&](const Entry& e) { return name == e.name; });
  std::unique_ptr<Device> device = SLUICE_TRY(entry->open(bundle, options));
  return with_faults(std::move(device), options.faults);
}

Result<Devices> open_devices(const std::string& names, const Bundle& bundle, const DeviceOptions& options) {
  const std::vector<std::string> words = words_of_list(names), boards = words_of_list(options.board);
  if (words.empty()) return user_error("no device is named");
  for (const std::string& word : words) SLUICE_CHECK(check_device_name(word));
  const auto nulls = std::count(words.begin(), words.end(), "null");
  if (nulls > 0 && nulls < std::ssize(words))
    return user_error("{}: null computes nothing, so it cannot stand in for a device that does, nor one for it", names);
  const auto fpgas = std::size_t(std::count(words.begin(), words.end(), "fpga"));
  if (boards.size() > 1 && boards.size() != fpgas)
    return user_error("{} boards are named for {} fpga devices; name one for each", boards.size(), fpgas);
  Devices devices;
  auto board = boards.begin();
  for (const std::string& word : words) {
    DeviceOptions its = options;
    if (boards.size() > 1 && word == "fpga") its.board = *board++;
    if (!devices.empty()) its.faults.clear();
    std::unique_ptr<Device> device = SLUICE_TRY(open_device(word, bundle, its));
    devices.push_back(std::move(device));
  }
  return devices;
}

std::filesystem::path missing_emulator_libraries() { return fpga::missing_library_folder(); }

}  // namespace sluice
