// SPDX-License-Identifier: Apache-2.0
// The record of conv_grouped_prefix.cl: as conv_activation_sparse, each multiplier with G filters by magnitude.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/convolution_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/prefix.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_convolution(fit, fit.window_codes()));
  const int ranks = fit.value(Number::ranks);
  if (ranks != 2 && ranks != 4 && ranks != 8) {
    return user_error("kernel {}: RANKS is {}; 2, 4 and 8 are possible", fit.kernel().name, ranks);
  }
  SLUICE_CHECK(fit.equal("filter groups left over", fit.value(Number::filter_groups) % ranks, 0));
  return check_scanned_windows(fit, ranks);
}

int products(const Netlist& netlist, const Kernel& kernel) {
  return netlist.streams[std::size_t(kernel.outputs[0])].lanes;
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t rows = kernel.numbers.at(Number::filter_groups) * scanned_codes(netlist, kernel);
  const int lanes = products(netlist, kernel);
  return engine_bytes(netlist, kernel, rows, lanes, 4 * prefix_id_words(kernel.numbers.at(Number::ranks), lanes), 2);
}

// Rows: pass, place in the window, rank; one code per multiplier, then the ids of the filters whose codes these are.
ParameterTable ranked_weights(const ParameterSource& source) {
  ParameterTable table{TABLE_WEIGHTS, 0, {}};
  const Layer& layer = source.layer();
  const Prefix prefix = source.index().prefix(source.kernel().layer);
  const int lanes = source.window_beat().lanes, bits = source.number(Number::weight_bits);
  const int channels = layer.input.channels, multipliers = prefix.multipliers,
            pass_filters = prefix.filters * multipliers;
  const int taps = layer.window.kernel_h * layer.window.kernel_w;
  const int id_bits = prefix_id_bits(prefix.filters), ids_per_word = 32 / id_bits;
  for (int first = 0; first < layer.output.channels; first += pass_filters) {
    for (int group = 0; group < channels; group += lanes) {
      for (int at = 0; at < taps * lanes; ++at) {
        const std::size_t place = std::size_t(at / lanes) * channels + group + at % lanes;
        std::vector<std::vector<std::int16_t>> codes(prefix.filters, std::vector<std::int16_t>(multipliers));
        std::vector<std::vector<std::uint32_t>> ids(
            prefix.filters, std::vector<std::uint32_t>(prefix_id_words(prefix.filters, multipliers)));
        for (int f = 0; f < pass_filters; ++f) {
          const int rank = prefix_rank(layer, prefix, first + f, place), o = f % multipliers, id = f / multipliers;
          codes[rank][o] = layer.weights[std::size_t(first + f) * taps * channels + place];
          ids[rank][o / ids_per_word] |= static_cast<std::uint32_t>(id) << (o % ids_per_word * id_bits);
        }
        for (int rank = 0; rank < prefix.filters; ++rank) {
          const std::size_t before = table.words.size();
          append_codes(table.words, codes[rank], bits);
          table.words.insert(table.words.end(), ids[rank].begin(), ids[rank].end());
          table.row_words = table.words.size() - before;
        }
      }
    }
  }
  return table;
}

void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  tables.push_back(ranked_weights(source));
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.activation_thresholds()});
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, source.prefix_lengths(), PREFIX_ROW});
  append_requantisers(source, tables);
}

}  // namespace

const KernelRecord& conv_grouped_prefix_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 2,
      .numbers = std::vector<Number>{Number::steps, Number::ranks, Number::filter_groups, Number::pixels,
                                     Number::weight_bits, Number::sum_bits, Number::curve, Number::shift,
                                     Number::code_low, Number::code_high, Number::sends_sums},
      .role = Role::computes,
      .computes = LayerKind::conv,
      .obeys = Obeys{.activation = true, .prefix = true},
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
