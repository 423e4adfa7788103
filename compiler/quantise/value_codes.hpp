// SPDX-License-Identifier: Apache-2.0
// Which codes every value of a graph has: bits and scale.
//
// Why: a scale cannot be chosen value by value. Max pools and concatenations pass codes on, so what they read and what
// they make must have one scale. The codes of a map are limited by its most demanding reader's proof.
//
// The idea: values that must share codes form a group (union-find over MaxPool and Concat, so that chains of them and
// producers with other readers fall into place). A group's range is the largest that any of its computed values needs,
// its bits the fewest that any reader allows. So nothing is rescaled on the device; the price is resolution of a map
// that is concatenated with a much larger one.
//
// Before: graph normalised, statistics for its input and every node output. After: codes for every value.
#pragma once

#include <map>
#include <string>

#include "compiler/quantise/code_range.hpp"
#include "compiler/quantise/quantise.hpp"

namespace sluice {

// Scores keep 16 bits; pools and concatenations of maps that end a network keep what comes in.
inline constexpr int kScoreBits = 16;

struct ValueCodes {
  int stored_bits = 8;  // of the stream: 8 or 16
  int kept_bits = 8;    // at most stored_bits: how many the codes use
  double range = 1.0;   // largest magnitude that is not clipped

  double scale() const { return range / limit(); }  // real value = code * scale
  int limit() const { return limit_of(kept_bits); }
};

// Does a node of the normal form pass its inputs' codes on?
bool passes_codes_on(const ir::Node& node);

class ValueCodesTable {
 public:
  // Starts with one group per value joined by pools and concatenations, all of the option's bits.
  ValueCodesTable(const ir::Graph& graph, const QuantiseOptions& options, const ChannelGains& gains);

  // Ranges of all groups. `largest_pixel` is the input's largest possible magnitude.
  Status choose_ranges(const ir::Graph& graph, const Statistics& statistics, double largest_pixel);
  // A reader's proof holds only for so many bits of `value`.
  void narrow(const std::string& value, int bits);

  const ValueCodes& of(const std::string& value) const { return codes_.at(root(value)); }
  // The value that stands for all that share codes with this one.
  const std::string& root(const std::string& value) const;

 private:
  void join(const std::string& a, const std::string& b);
  // What one unit of a node's sums stands for, at most.
  double sum_step(const ir::Graph& graph, const ir::Node& node) const;
  // Widens ranges that are so small that no multiplier leads from a node's sums, or from its curve, to their codes.
  void hold_growth(const ir::Graph& graph);
  double clip_of(const ValueStatistics& statistics, const ValueCodes& codes) const;

  QuantiseOptions options_;
  const ChannelGains& gains_;
  std::map<std::string, std::string> parent_;  // of the union-find forest
  std::map<std::string, ValueCodes> codes_;    // of each root
};

}  // namespace sluice
