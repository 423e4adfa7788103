// SPDX-License-Identifier: Apache-2.0
// The clock (see ticking_simulator.hpp); what kernels do between its ticks: kernel_actions.hpp.
#include "tests/support/ticking_simulator.hpp"

#include <deque>

#include "tests/support/kernel_actions.hpp"

namespace sluice::test {
namespace {

struct Queue {
  std::deque<std::int64_t> readable_from;
  std::int64_t slots = 0, freed_now = 0;  // taken, and of those the ones that become free with the next cycle
};

}  // namespace

TickedImage ticked_image(const Design& design, const std::vector<std::int16_t>& codes,
                         const std::vector<Thresholds>& thresholds, std::int64_t arrival) {
  KernelActions actions(design, codes, thresholds);
  TickedImage image;
  image.arrival = arrival;
  for (const Kernel& kernel : design.netlist.kernels) image.kernels.push_back(actions.make(kernel));
  return image;
}

Ticked tick(const Netlist& netlist, const std::vector<TickedImage>& images, std::int64_t latency,
            const std::vector<std::int64_t>& capacities) {
  struct State {
    std::size_t image = 0, action = 0;
    std::int64_t waited_for_beats = 0, waited_for_room = 0;  // that no action has ended yet
  };
  Ticked result;
  result.kernels.resize(netlist.kernels.size());
  result.written.resize(netlist.streams.size());
  result.high_water.resize(netlist.streams.size());
  std::vector<State> states(netlist.kernels.size());
  std::vector<Queue> queues(netlist.streams.size());
  std::int64_t idle_since = 0;
  for (std::int64_t cycle = 0;; ++cycle) {
    bool has_moved = false;
    for (std::size_t k = 0; k < states.size(); ++k) {
      State& state = states[k];
      const Kernel& kernel = netlist.kernels[k];
      Ticked::OfKernel& told = result.kernels[k];
      char seen = '.';
      while (state.image < images.size()) {
        const TickedImage& image = images[state.image];
        if (kernel.inputs.empty() && cycle < image.arrival) break;
        const Action& action = image.kernels[k][state.action];
        if (action.kind == Action::Kind::read) {
          Queue& queue = queues[std::size_t(kernel.inputs[std::size_t(action.port)])];
          if (queue.readable_from.empty() || queue.readable_from.front() > cycle) {
            ++state.waited_for_beats;
            seen = '<';
            break;
          }
          queue.readable_from.pop_front();
          ++queue.freed_now;
        } else if (action.kind == Action::Kind::write) {
          const auto s = std::size_t(kernel.outputs[std::size_t(action.port)]);
          if (queues[s].slots == capacities[s]) {
            ++state.waited_for_room;
            seen = '>';
            break;
          }
          queues[s].readable_from.push_back(cycle + 1 + latency);
          result.high_water[s] = std::max(result.high_water[s], ++queues[s].slots);
          ++result.written[s];
        }
        has_moved = true;
        told.waiting_for_beats += state.waited_for_beats;
        told.waiting_for_room += state.waited_for_room;
        state.waited_for_beats = state.waited_for_room = 0;
        const bool is_over = action.kind == Action::Kind::tick;
        if (++state.action == image.kernels[k].size()) {
          state.action = 0;
          ++state.image;
          if (kernel.kind == KernelKind::sink) result.finished.push_back(cycle);
        }
        if (is_over) {
          ++told.busy;
          seen = '#';
          break;
        }
      }
      told.trace += seen;
    }
    for (Queue& queue : queues) queue.slots -= queue.freed_now, queue.freed_now = 0;
    if (has_moved) idle_since = cycle + 1;
    const bool is_waiting_for_host = states[0].image < images.size() && cycle < images[states[0].image].arrival;
    if (cycle - idle_since > latency + 1 && !is_waiting_for_host) break;
  }
  result.is_stuck = result.finished.size() < images.size();
  return result;
}

}  // namespace sluice::test
