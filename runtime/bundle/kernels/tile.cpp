// SPDX-License-Identifier: Apache-2.0
// The record of tile.cl: windows in tiles of P pixels for the weight-sparse engine.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/weight_lists.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const std::int64_t window = fit.window_codes();
  SLUICE_CHECK(
      fit.equal("taps of a beat on " + fit.in().name, fit.index().window_beat(fit.kernel().inputs[0]).taps(), 1));
  SLUICE_CHECK(fit.equal("window codes left over", window % fit.in().lanes, 0));
  SLUICE_CHECK(fit.number(Number::steps, window / fit.in().lanes));
  SLUICE_CHECK(fit.number(Number::pixels, fit.own_pixels()));
  SLUICE_CHECK(fit.carries(fit.in(), fit.own_pixels() * window, fit.arriving_bits()));
  SLUICE_CHECK(fit.equal("lanes of " + fit.out().name, fit.out().lanes, fit.in().lanes + 1));
  SLUICE_CHECK(fit.equal("bits of " + fit.out().name, fit.out().element_bits, fit.in().element_bits));
  const Kernel& reader = fit.reader();
  if (reader.kind != KernelKind::conv_weight_sparse)
    return user_error("kernel {}: {} cannot read tiles", fit.kernel().name, reader.name);
  const int filters = fit.netlist().streams[std::size_t(reader.outputs[0])].lanes;
  SLUICE_CHECK(fit.number(Number::filter_groups, fit.layer().output.channels / filters));
  if (window > kMostWeightPlaces) {
    return user_error("kernel {}: a window of {} codes; a weight's place counts to {}", fit.kernel().name, window,
                      kMostWeightPlaces);
  }
  const int tile_pixels = fit.value(Number::tile_pixels);
  if (tile_pixels < 1 || tile_pixels > fit.own_pixels()) {
    return user_error("kernel {}: TILE_PIXELS is {}; 1 to {} are possible", fit.kernel().name, tile_pixels,
                      fit.own_pixels());
  }
  return fit.equal("beats on " + fit.out().name, fit.out().beats, tile_beats(fit.layer(), fit.kernel()));
}

std::int64_t stored_bytes(const Netlist&, const Kernel&) { return REGISTER_BYTES + TABLE_ROW_BYTES; }

// Cycles of a tile under each row, all filter groups together.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const WeightLists lists(source.layer(), source.in_lanes());
  const int groups = source.number(Number::filter_groups), filters = source.layer().output.channels / groups;
  std::vector<std::uint32_t> words;
  for (const std::uint32_t threshold : source.weight_thresholds()) {
    std::uint32_t cycles = 0;
    for (int g = 0; g < groups; ++g) cycles += word_of(lists.turns(g * filters, filters, static_cast<int>(threshold)));
    words.push_back(cycles);
  }
  tables.push_back({TABLE_SETTINGS, TABLE_ROWS, std::move(words)});
}

}  // namespace

const KernelRecord& tile_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::pixels, Number::tile_pixels, Number::filter_groups},
      .role = Role::carries,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
