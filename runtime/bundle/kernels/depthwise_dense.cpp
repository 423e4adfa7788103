// SPDX-License-Identifier: Apache-2.0
// The record of depthwise_dense.cl: a filter for each channel.
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const WindowBeat beat = fit.index().window_beat(fit.kernel().inputs[0]);
  SLUICE_CHECK(fit.equal("channels of a beat on " + fit.in().name, beat.lanes, fit.out().lanes));
  SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, beat.lanes * beat.taps()));
  SLUICE_CHECK(fit.number(Number::filter_groups, fit.layer().output.channels / fit.out().lanes));
  SLUICE_CHECK(fit.number(Number::steps, fit.taps() / beat.taps()));
  SLUICE_CHECK(fit.check_weight_bits());
  return fit.carries(fit.in(), fit.own_pixels() * fit.window_codes(), fit.arriving_bits());
}

int products(const Netlist& netlist, const Kernel& kernel) {
  return netlist.streams[std::size_t(kernel.inputs[0])].lanes;
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t rows = std::int64_t{kernel.numbers.at(Number::filter_groups)} * kernel.numbers.at(Number::steps);
  return engine_bytes(netlist, kernel, rows, products(netlist, kernel));
}

// Rows: a beat of the window; one code per code of the beat.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  ParameterTable table{TABLE_WEIGHTS, 0, {}};
  const Layer& layer = source.layer();
  const WindowBeat beat = source.window_beat();
  const std::vector<WindowPlace> places = window_places(layer, beat);
  const std::size_t codes = std::size_t(beat.lanes) * beat.taps();
  for (std::size_t first = 0; first < places.size(); first += codes) {
    std::vector<std::int16_t> row;
    for (std::size_t m = first; m < first + codes; ++m) {
      const WindowPlace& at = places[m];
      row.push_back(
          layer.weights[(std::size_t(at.ky) * layer.window.kernel_w + at.kx) * layer.output.channels + at.channel]);
    }
    append_row(table, row, source.number(Number::weight_bits));
  }
  tables.push_back(std::move(table));
  append_requantisers(source, tables);
}

}  // namespace

const KernelRecord& depthwise_dense_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::filter_groups, Number::weight_bits, Number::sum_bits,
                                     Number::curve, Number::shift, Number::code_low, Number::code_high},
      .role = Role::computes,
      .computes = LayerKind::depthwise,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
