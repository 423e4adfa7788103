// SPDX-License-Identifier: Apache-2.0
// quantise: from a float graph in normal form and its statistics to an integer network.
//
// Why: everything after this point is integer. Symmetric fixed point: one scale per map, one per filter of a
// convolution, multipliers of 16 bits and one shift per layer; zero is code 0. A fused curve works on codes of a scale
// of its own (curve_codes.hpp); maps that pools and concatenations pass on share one (value_codes.hpp).
//
// The proof: for each filter of each convolution the largest possible |sum| follows from its weights' codes and from
// the codes that can occur at its input (filter_codes.hpp). For int8 it must stay below 2^26, for int16 below 2^31. A
// filter for which it would not gets a larger scale of its own, down to 12 bits (int16); beyond that the input map's
// codes lose bits for all. Each layer's proof says how many are left.
//
// Before: graph normalised, statistics for the graph's input and every node output. After: the network is valid, and
// every proof holds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/statistics.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// best: whichever of the others serves the network (compiler/accuracy/choose_quantisation).
enum class RangeMethod { mse, percentile, largest, best };

const char* to_text(RangeMethod method);

struct QuantiseOptions {
  int bits = 8;  // 8 or 16
  RangeMethod method = RangeMethod::mse;
  double percentile = 0.9999;  // for RangeMethod::percentile
  bool has_bias_correction = true;
  bool is_equalised = true;           // may equalise channels first, see equalise.hpp
  bool may_widen = false;             // of 8: maps that cost too much may keep 16, see compiler/accuracy/widen_maps.hpp
  std::set<std::string> wide_values;  // of 8: these, and what shares their codes, keep 16
};

// Why no sum of a layer overflows.
struct SumProof {
  std::string layer;
  double bound_bits = 0;  // log2 of the largest possible |sum|
  int limit_bits = 0;     // 26 or 31
  int weight_bits = 0;    // bits kept, sign included
  int input_bits = 0;
};

struct Quantised {
  IntegerNetwork network;
  std::vector<SumProof> proofs;  // one per conv and depthwise layer
  std::map<std::string, std::string>
      value_of;  // layer name -> name of the float value it computes; parts of a Concat of more than two have none
};

// `statistics` are of the values times `gains`, which the layers then state.
Result<Quantised> quantise(const ir::Graph& graph, const Statistics& statistics, const Preprocess& preprocess,
                           const std::vector<std::string>& labels, const QuantiseOptions& options,
                           const ChannelGains& gains = {});

}  // namespace sluice
