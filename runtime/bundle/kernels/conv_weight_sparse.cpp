// SPDX-License-Identifier: Apache-2.0
// The record of conv_weight_sparse.cl: multiplies the non-zero weights of each filter's list by P pixels.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/convolution_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/weight_lists.hpp"

namespace sluice {
namespace {

// The tiles are cut by the kernel in front, for this one.
Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_convolution(fit, fit.window_codes()));
  const Kernel& writer = fit.writer();
  if (writer.kind != KernelKind::tile || writer.layer != fit.kernel().layer) {
    return user_error("kernel {}: {} stands in front, not its tile kernel", fit.kernel().name, writer.name);
  }
  SLUICE_CHECK(fit.number(Number::tile_pixels, writer.numbers.at(Number::tile_pixels)));
  return fit.number(Number::window, fit.window_codes());
}

// The layout at the head of the kernel file: turns, prefix lengths, bias, multiplier, places, codes.
std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t groups = kernel.numbers.at(Number::filter_groups);
  const std::int64_t lanes = netlist.streams[std::size_t(kernel.outputs[0])].lanes;
  const std::int64_t at_bias = bytes_with_curve(kernel) + TABLE_ROWS * groups * (4 + 2 * lanes);
  const std::int64_t at_places = MEMORY_ALIGNED(at_bias + filter_bytes(netlist, kernel));
  return at_places +
         groups * kernel.numbers.at(Number::window) * lanes * (2 + kernel.numbers.at(Number::weight_bits) / 8);
}

// Per filter group as many rows of entries as its longest filter has, an entry a word; turns and prefix lengths of
// every table row.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const WeightLists lists(source.layer(), source.in_lanes() - 1);
  const int groups = source.number(Number::filter_groups), out_lanes = source.out_lanes();
  for (int g = 0; g < groups; ++g) {
    ParameterTable entries{TABLE_WEIGHTS, std::size_t(out_lanes), {}, word_of(g * source.number(Number::window))};
    const int rows = lists.turns(g * out_lanes, out_lanes, 0);
    for (int entry = 0; entry < rows; ++entry) {
      for (int o = 0; o < out_lanes; ++o) {
        const std::vector<WeightEntry>& list = lists.filter(g * out_lanes + o);
        const WeightEntry e = entry < std::ssize(list) ? list[std::size_t(entry)] : WeightEntry{};
        entries.words.push_back(static_cast<std::uint32_t>(e.place) << 16 | static_cast<std::uint16_t>(e.code));
      }
    }
    tables.push_back(std::move(entries));
  }
  ParameterTable turns{TABLE_SETTINGS, std::size_t(groups), {}, TURNS_ROW};
  ParameterTable lengths{TABLE_SETTINGS, std::size_t(out_lanes), {}, LENGTHS_ROW};
  for (const std::uint32_t word : source.weight_thresholds()) {
    const int threshold = static_cast<int>(word);
    for (int g = 0; g < groups; ++g) turns.words.push_back(word_of(lists.turns(g * out_lanes, out_lanes, threshold)));
    for (int f = 0; f < groups * out_lanes; ++f) lengths.words.push_back(word_of(lists.prefix(f, threshold)));
  }
  tables.push_back(std::move(turns));
  tables.push_back(std::move(lengths));
  append_requantisers(source, tables);
}

int products(const Netlist& netlist, const Kernel& kernel) {
  return kernel.numbers.at(Number::tile_pixels) * netlist.streams[std::size_t(kernel.outputs[0])].lanes;
}

}  // namespace

const KernelRecord& conv_weight_sparse_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 2,
      .numbers = std::vector<Number>{Number::window, Number::tile_pixels, Number::filter_groups, Number::pixels,
                                     Number::weight_bits, Number::sum_bits, Number::curve, Number::shift,
                                     Number::code_low, Number::code_high, Number::sends_sums},
      .role = Role::computes,
      .computes = LayerKind::conv,
      .obeys = Obeys{.weight = true},
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
