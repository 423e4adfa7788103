// SPDX-License-Identifier: Apache-2.0
// The list after registry.hpp.
#include "runtime/drivers/cpu/cpu_device.hpp"
#include "runtime/drivers/null/null_device.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/sim/sim_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "runtime/hal/failover_device.hpp"
#include "runtime/hal/faulty_device.hpp"
#include "tests/conformance/bundle_with_rows.hpp"
#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/residual_block.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

using std::chrono::microseconds;

OpenDevice opens_cpu(const CpuOptions& options) {
  return [options](const IntegerNetwork& network) -> Result<std::unique_ptr<Device>> {
    const test::Scratch scratch;
    const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
    return open_cpu_device(bundle, options);
  };
}

Result<std::unique_ptr<Device>> open_instant(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 4, .rows = 3});
}

Result<std::unique_ptr<Device>> open_slow(const IntegerNetwork& network) {
  return open_null_device(network, {.capacity = 2, .latency = microseconds(300), .interval = microseconds(100)});
}

Result<std::unique_ptr<Device>> open_pocl(const IntegerNetwork& network) {
  const test::Scratch scratch;
  const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
  return open_pocl_device(bundle, {.images_in_flight = 3});
}

Result<std::unique_ptr<Device>> open_sim(const IntegerNetwork& network) {
  const test::Scratch scratch;
  const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
  return open_sim_device(bundle, {.capacity = 3});
}

Result<std::unique_ptr<Device>> open_sim_unpaced(const IntegerNetwork& network) {
  const test::Scratch scratch;
  const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
  return open_sim_device(bundle, {.capacity = 5, .is_paced = false, .cached_results = 2});
}

Result<std::unique_ptr<Device>> open_threads(const IntegerNetwork& network) {
  const test::Scratch scratch;
  ThreadsOptions options{.capacity = 3};
  options.compile.cache_folder = test::compiled_kernels_folder();
  const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
  return open_threads_device(bundle, options);
}

std::vector<Failure> null_failures() {
  const auto opens = [](const InjectedFault& fault) {
    return [fault](const IntegerNetwork& network) -> Result<std::unique_ptr<Device>> {
      std::unique_ptr<Device> device = SLUICE_TRY(open_null_device(network, {.capacity = 4, .rows = 3}));
      return with_faults(std::move(device), {fault});
    };
  };
  return {{"submit", opens({InjectedFault::Kind::refuse, 9}), {}, tiny_network()},
          {"collect", opens({InjectedFault::Kind::lose, 6}), {}, tiny_network()}};
}

// The second one has all that is asked of it; the first is lost early, late, or never.
OpenDevice opens_failover(std::vector<std::vector<InjectedFault>> faults_of_each) {
  return [faults_of_each](const IntegerNetwork& network) -> Result<std::unique_ptr<Device>> {
    Devices devices;
    for (const std::vector<InjectedFault>& faults : faults_of_each) {
      std::unique_ptr<Device> device = SLUICE_TRY(open_instant(network));
      devices.push_back(with_faults(std::move(device), faults));
    }
    return open_failover_device(std::move(devices), {.classes = std::size_t(network.classes())});
  };
}

std::vector<Failure> failover_failures() {
  const InjectedFault early{InjectedFault::Kind::wrong_image, 2};
  return {{"submit", opens_failover({{early}, {{InjectedFault::Kind::refuse, 11}}}), {}, tiny_network()},
          {"collect", opens_failover({{early}, {{InjectedFault::Kind::lose, 7}}}), {}, tiny_network()}};
}

std::vector<Failure> cpu_failures() {
  return {{"computing", opens_cpu({.capacity = 3, .threads = 2, .fail_image_at = 9}), {}, tiny_network()}};
}

// Kernels of the image are running, and of those before it, when a call in the middle of its submission fails.
std::vector<Failure> pocl_failures() {
  return {{"the_first_kernel", open_pocl, fails(test::OpenClCall::enqueue_kernel, 0), tiny_network()},
          {"a_later_kernel", open_pocl, fails(test::OpenClCall::enqueue_kernel, 3), tiny_network()},
          {"the_scores", open_pocl, fails(test::OpenClCall::enqueue_read, 0), tiny_network()},
          {"the_counters", open_pocl, fails(test::OpenClCall::enqueue_read, 1), tiny_network()},
          {"waiting_for_scores", open_pocl, fails(test::OpenClCall::wait, 0), tiny_network()},
          {"waiting_for_counters", open_pocl, fails(test::OpenClCall::wait, 1), tiny_network()}};
}

// The first image stops between streams of which one is too shallow.
Result<std::unique_ptr<Device>> open_stuck_threads(const IntegerNetwork& network) {
  const test::Scratch scratch;
  const LayerConfigs configs(network.layers.size(), {KernelKind::conv_pair_sparse});
  const auto too_shallow = [](Netlist& netlist) {
    netlist.streams[std::size_t(test::identity_stream(netlist))].depth = 8;
  };
  const Bundle bundle = SLUICE_TRY(test::bundle_of(network, scratch.path() / "bundle", configs, {}, too_shallow));
  ThreadsOptions options{.capacity = 3, .stall_time = std::chrono::milliseconds(300)};
  options.compile.cache_folder = test::compiled_kernels_folder();
  return open_threads_device(bundle, options);
}

std::vector<Failure> threads_failures() {
  test::Random random(1);
  return {{"stall", open_stuck_threads, {}, test::residual_network(random, 3, 10)}};
}

}  // namespace

std::vector<RegisteredDevice> registered_devices() {
  return {
      {"cpu", 3, opens_cpu({.capacity = 3, .threads = 2}), {}, cpu_failures()},
      {"cpu_as_opened", 3, opens_cpu({})},
      {"failover", 3, opens_failover({{}, {}}), {}, failover_failures()},
      {"failover_of_one", 3, opens_failover({{}})},
      {"failover_in_use", 3,
       opens_failover({{{InjectedFault::Kind::lose, 1}}, {{InjectedFault::Kind::repeat, 5}}, {}})},
      {"null", 3, open_instant, {}, null_failures()},
      {"null_slow", 1, open_slow},
      {"pocl", 3, open_pocl, {}, pocl_failures()},
      {"sim", 3, open_sim},
      {"sim_unpaced", 3, open_sim_unpaced},
      {"threads", 3, open_threads, {}, threads_failures()},
  };
}

}  // namespace sluice
