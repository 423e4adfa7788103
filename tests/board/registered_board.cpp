// SPDX-License-Identifier: Apache-2.0
// The conformance suite's list for the fpga driver on the stand-in board, with faults of the board.
#include "tests/board/stand_in.hpp"
#include "tests/conformance/bundle_with_rows.hpp"
#include "tests/conformance/registry.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice {
namespace {

using board::Fault;
using test::StandIn;

// `stall`: how long nothing may end. Minutes, since a loaded machine is no stall; seconds where one is the fault.
OpenDevice opens(std::size_t capacity, std::chrono::seconds stall = std::chrono::minutes(2)) {
  return [capacity, stall](const IntegerNetwork& network) -> Result<std::unique_ptr<Device>> {
    StandIn& stand_in = StandIn::instance();
    const test::Scratch scratch;
    const Bundle bundle = SLUICE_TRY(bundle_with_rows(network, scratch));
    return stand_in.open(bundle, {.capacity = capacity, .stall_time = stall});
  };
}

constexpr std::chrono::seconds kShort{10};

// Batches of one image; of three, of which the last is short; the driver's own, of 64.
constexpr std::size_t kSingle = 3, kBatches = 8, kOwn = 0;

std::function<void()> faults(Fault what, int good, const char* kernel = "") {
  return [=] { StandIn::instance().state().fault(what, good, kernel); };
}

std::vector<Failure> failures() {
  const IntegerNetwork network = tiny_network();
  return {
      {"refused_sink", opens(kBatches), faults(Fault::refused_kernel, 0), network},
      {"refused_collector", opens(kBatches), faults(Fault::refused_kernel, 1), network},
      {"refused_source", opens(kBatches), faults(Fault::refused_kernel, 2), network},
      {"refused_read_of_scores", opens(kSingle), faults(Fault::refused_read, 0), network},
      {"refused_read_of_counters", opens(kSingle), faults(Fault::refused_read, 2), network},
      {"failed_read", opens(kBatches), faults(Fault::failed_read, 4), network},
      {"lost_with_the_sink", opens(kBatches), faults(Fault::lost_device, 0, "sink"), network},
      {"lost_in_mid_stream", opens(kBatches), faults(Fault::lost_device, 2), network},
      {"an_end_that_is_never_told", opens(kBatches, kShort), faults(Fault::silent_launch, 0, "collector"), network},
      {"a_sink_that_never_begins", opens(kBatches, kShort), faults(Fault::swallowed_launch, 0, "sink"), network},
      {"a_source_that_never_begins", opens(kSingle, kShort), faults(Fault::swallowed_launch, 0, "source"), network}};
}

}  // namespace

std::vector<RegisteredDevice> registered_devices() {
  return {{"board", 3, opens(kSingle), {}, failures()},
          {"board_batches", 3, opens(kBatches)},
          {"board_of_its_own_mind", 3, opens(kOwn)}};
}

}  // namespace sluice
