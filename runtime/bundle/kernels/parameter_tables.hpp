// SPDX-License-Identifier: Apache-2.0
// ParameterTable: rows of words for one kernel, and the words in which kernels' tables are written.
//
// Why: kernels keep weights in rows of their own layout (the head of each kernel file), but cut codes into words, order
// the places of a window, and load bias, multiplier and curve alike.
//
// Before: network, netlist and rows are valid and belong together. After: each table holds whole rows.
#pragma once

#include <cstdint>
#include <vector>

#include "device/contract/wire.h"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

// One table of one kernel, or some rows of it: rows of equal length (device/lib/parameters.h).
struct ParameterTable {
  std::uint32_t number;  // TABLE_SETTINGS, TABLE_WEIGHTS, ...
  std::size_t row_words;
  std::vector<std::uint32_t> words;
  std::uint32_t first_row = 0;
};

// What a kernel's tables are made of.
class ParameterSource {
 public:
  // `rows`: the thresholds of every layer, by row of the design table.
  ParameterSource(const IntegerNetwork& network, const NetlistIndex& index,
                  const std::vector<std::vector<Thresholds>>& rows, const Kernel& kernel)
      : network_(network), index_(index), rows_(rows), kernel_(kernel) {}

  const Layer& layer() const { return network_.layers[std::size_t(kernel_.layer)]; }
  const NetlistIndex& index() const { return index_; }
  const Kernel& kernel() const { return kernel_; }
  int number(Number name) const { return kernel_.numbers.at(name); }
  int in_lanes() const { return index_.stream(kernel_.inputs[0]).lanes; }
  int out_lanes() const { return index_.stream(kernel_.outputs[0]).lanes; }
  WindowBeat window_beat() const { return index_.window_beat(kernel_.inputs[0]); }

  // A word for each of the table's rows; 0 for rows that do not exist.
  std::vector<std::uint32_t> weight_thresholds() const;
  std::vector<std::uint32_t> activation_thresholds() const;
  std::vector<std::uint32_t> prefix_lengths() const;

 private:
  template <typename Which>
  std::vector<std::uint32_t> threshold_words(Which which) const;

  const IntegerNetwork& network_;
  const NetlistIndex& index_;
  const std::vector<std::vector<Thresholds>>& rows_;
  const Kernel& kernel_;
};

inline std::uint32_t word_of(int value) { return static_cast<std::uint32_t>(value); }

// Appends codes as little-endian 32-bit words, the last one filled with zeros.
void append_codes(std::vector<std::uint32_t>& words, const std::vector<std::int16_t>& codes, int bits);
// Appends a row of codes, the last word filled with zeros.
void append_row(ParameterTable& table, const std::vector<std::int16_t>& row, int bits);

struct WindowPlace {
  int ky, kx, channel;
};

// The codes of a window in the order of its beats (head of window.cl): channel group, kernel row, kernel column; in a
// beat taps, then channels.
std::vector<WindowPlace> window_places(const Layer& layer, const WindowBeat& beat);

// Rows of a convolution: filter group, then `codes` places of the window; code [m * O + o]. A beat's codes for an
// engine that takes beats, one place for one that takes single codes.
ParameterTable window_weights(const ParameterSource& source, int codes);

// Bias and multiplier of an engine or of a requantise kernel, in rows of the output's lanes
// (device/lib/filter_parameters.h), then the curve. Nothing where the kernel sends sums.
void append_requantisers(const ParameterSource& source, std::vector<ParameterTable>& tables);
// One row of settings, then the curve.
void append_settings(const ParameterSource& source, std::vector<std::uint32_t> words,
                     std::vector<ParameterTable>& tables);
// The settings of averages and scale, as a record's member: one multiplier for all channels.
void append_single_factor(const ParameterSource& source, std::vector<ParameterTable>& tables);

}  // namespace sluice
