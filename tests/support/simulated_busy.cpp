// SPDX-License-Identifier: Apache-2.0
// See simulated_busy.hpp.
#include "tests/support/simulated_busy.hpp"

#include "runtime/evaluate/counters.hpp"
#include "runtime/simulate/pipeline.hpp"

namespace sluice::test {

BusyCycles simulated_busy_cycles(const Design& design, const std::vector<std::int16_t>& codes,
                                 const std::vector<Thresholds>& thresholds) {
  const Evaluator evaluator(design.network, thresholds);
  const auto work = CounterModel(design, thresholds).work(evaluator, evaluator.evaluate(codes));
  simulate::Pipeline pipeline(design.netlist);
  BusyCycles busy;
  if (!pipeline.pass(simulate::Scheduler(design.netlist).programs(work))) return busy;
  const std::vector<simulate::KernelCycles> cycles = pipeline.cycles();
  for (std::size_t k = 0; k < cycles.size(); ++k) {
    const Kernel& kernel = design.netlist.kernels[k];
    if (is_sparse(kernel.kind)) busy[design.network.layers[std::size_t(kernel.layer)].name] += cycles[k].counted();
  }
  return busy;
}

BusyCycles counted_busy_cycles(const IntegerNetwork& network, const std::vector<LayerCounters>& counters) {
  BusyCycles busy;
  for (const LayerCounters& c : counters) busy[network.layers[std::size_t(c.layer)].name] = std::int64_t{c.busy_cycles};
  return busy;
}

}  // namespace sluice::test
