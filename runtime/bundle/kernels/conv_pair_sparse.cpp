// SPDX-License-Identifier: Apache-2.0
// The record of conv_pair_sparse.cl: multiplies pairs in which both are non-zero, N of M a cycle.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/convolution_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_convolution(fit, std::max<std::int64_t>(1, fit.window_codes() / fit.in().lanes)));
  SLUICE_CHECK(check_window_beats(fit));
  const int multipliers = fit.value(Number::multipliers);
  if (multipliers >= 1 && multipliers <= fit.in().lanes) return ok();
  return user_error("kernel {}: {} multipliers for {} lanes", fit.kernel().name, multipliers, fit.in().lanes);
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t rows = std::int64_t{kernel.numbers.at(Number::filter_groups)} * kernel.numbers.at(Number::steps);
  constexpr int kThresholdRows = 2;
  return engine_bytes(netlist, kernel, rows, beat_products(netlist, kernel), 0, kThresholdRows);
}

// Rows downstream of taps.cl: filter group, then channel; code [tap * O + o].
ParameterTable tap_weights(const ParameterSource& source) {
  ParameterTable table{TABLE_WEIGHTS, 0, {}};
  const Layer& layer = source.layer();
  const int taps = layer.window.kernel_h * layer.window.kernel_w, channels = layer.input.channels,
            out_lanes = source.out_lanes();
  for (int filter = 0; filter < layer.output.channels; filter += out_lanes) {
    for (int channel = 0; channel < channels; ++channel) {
      std::vector<std::int16_t> row;
      for (int tap = 0; tap < taps; ++tap) {
        for (int o = 0; o < out_lanes; ++o)
          row.push_back(layer.weights[(std::size_t(filter + o) * taps + tap) * channels + channel]);
      }
      append_row(table, row, source.number(Number::weight_bits));
    }
  }
  return table;
}

void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const bool is_by_taps = source.layer().window.taps() > 1;
  tables.push_back(is_by_taps ? tap_weights(source) : window_weights(source, source.in_lanes()));
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.activation_thresholds(), ACTIVATIONS_ROW});
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.weight_thresholds(), WEIGHTS_ROW});
  append_requantisers(source, tables);
}

int products(const Netlist& netlist, const Kernel& kernel) {
  return kernel.numbers.at(Number::multipliers) * netlist.streams[std::size_t(kernel.outputs[0])].lanes;
}

}  // namespace

const KernelRecord& conv_pair_sparse_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 2,
      .numbers = std::vector<Number>{Number::steps, Number::multipliers, Number::filter_groups, Number::pixels,
                                     Number::weight_bits, Number::sum_bits, Number::curve, Number::shift,
                                     Number::code_low, Number::code_high, Number::sends_sums},
      .role = Role::computes,
      .computes = LayerKind::conv,
      .obeys = Obeys{.weight = true, .activation = true},
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
